/// Bytes that a ZIP archive is read from, at any offset.
package protocol ZipSource {
  var byteCount: Int { get }
  /// The bytes of `range`, which lies inside the source.
  func bytes(at range: Range<Int>) throws(FileError) -> [UInt8]
}

extension MappedFile: ZipSource {
  package var byteCount: Int { bytes.count }
  package func bytes(at range: Range<Int>) throws(FileError) -> [UInt8] { try copy(range) }
}

/// Why a ZIP archive is refused.
package enum ZipError: Error, Sendable, Equatable {
  /// The system's reason.
  case unreadable(FileError)
  /// What is wrong, as a sentence's end.
  case invalid(reason: String)

  static func reading<Result>(_ body: () throws(FileError) -> Result) throws(ZipError) -> Result {
    do throws(FileError) { return try body() } catch { throw .unreadable(error) }
  }
}

/// What a reader of archives takes.
package struct ZipRules: Sendable {
  package enum Names: Sendable {
    /// UTF-8, marked as such or not, as PyTorch writes them.
    case utf8
    /// UTF-8 where the entry says so, else code page 437, as the format has it and Python's `zipfile` reads it.
    case marked
  }

  package enum Methods: Sendable {
    case storedOnly
    case storedAndDeflated

    func contains(_ method: UInt16) -> Bool { method == 0 || self == .storedAndDeflated && method == 8 }
  }

  package var names: Names
  package var methods: Methods
  /// A directory of more entries is refused before it is read.
  package var maximumEntryCount: Int
  /// A longer directory is refused before it is read.
  package var maximumDirectoryByteCount: Int

  package init(
    names: Names, methods: Methods, maximumEntryCount: Int, maximumDirectoryByteCount: Int = .max
  ) {
    self.names = names
    self.methods = methods
    self.maximumEntryCount = maximumEntryCount
    self.maximumDirectoryByteCount = maximumDirectoryByteCount
  }
}
