import Platform

/// A file of JSON as Python's `json` reads it: a configuration, an index.
package enum JSONFile {
  /// Why a file gives no value.
  package enum Problem: Error, Sendable, Equatable {
    /// The operating system could not read it.
    case unreadable(FileError)
    /// Something else is in its place.
    case standIn(FileStandIn)
    /// The text is not JSON.
    case invalidJSON(JSONError)
  }

  /// The value in the file at `path`.
  package static func value(at path: String) throws(Problem) -> JSONValue {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try InputFile(path: path).contents(limit: JSONParsingOptions.python.maximumByteCount)
    } catch {
      throw .unreadable(error)
    }
    return try value(in: bytes)
  }

  /// The value in a file that consists of `bytes`.
  package static func value(in bytes: some Collection<UInt8>) throws(Problem) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: bytes, options: .python)
    } catch {
      if let standIn = FileStandIn(bytes) { throw .standIn(standIn) }
      throw .invalidJSON(error)
    }
  }
}
