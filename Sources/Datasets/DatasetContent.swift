import ImageDecoding
import Platform

/// Where the files of a data set are.
protocol DatasetContent: Sendable {
  /// The names of all files that are not hidden, in order, relative to the root.
  func names() throws(DatasetError) -> [String]
  func contains(_ name: String) -> Bool
  /// The bytes of a file by a name that `DatasetName` allows.
  func bytes(of name: String, limit: Int, limitName: String) throws(DatasetError) -> [UInt8]
}

/// The files of a folder.
struct FolderContent: DatasetContent {
  let folder: String
  let limits: DatasetLimits

  func names() throws(DatasetError) -> [String] {
    var names: [String] = []
    var folders = [""]
    var count = 0
    while let inner = folders.popLast() {
      let path = inner.isEmpty ? folder : FilePath.join(folder, inner)
      let room = limits.entries - count
      // One more than there may be shows that there are more.
      let entries = try DatasetError.reading { () throws(FileError) in
        try FolderListing.entries(in: path.isEmpty ? "." : path, limit: max(0, room) + 3)
      }
      count += entries.count
      guard count <= limits.entries else {
        throw .limitExceeded(path: folder, limit: "entries", declared: count, allowed: limits.entries)
      }
      for entry in entries where !DatasetName.isHidden(entry.name) {
        let name = inner.isEmpty ? entry.name : inner + "/" + entry.name
        switch entry.kind {
        case .file: names.append(name)
        case .folder: folders.append(name)
        case .linkToFolder, .other: break
        }
      }
    }
    names.sort(by: ByteOrder.precedes)
    return names
  }

  func contains(_ name: String) -> Bool { InputFile.exists(FilePath.join(folder, name)) }

  func bytes(of name: String, limit: Int, limitName: String) throws(DatasetError) -> [UInt8] {
    let path = FilePath.join(folder, name)
    let file = try DatasetError.reading { () throws(FileError) in try InputFile(path: path) }
    guard file.byteCount <= limit else {
      throw .limitExceeded(path: path, limit: limitName, declared: file.byteCount, allowed: limit)
    }
    return try DatasetError.reading { () throws(FileError) in try file.contents(limit: limit) }
  }
}

/// The entries of a zip archive, read in place.
struct ArchiveContent: DatasetContent {
  private let path: String
  private let source: any ZipSource & Sendable
  private let directory: ZipDirectory
  /// The entries that are files in `root`, in the order of their names relative to it.
  private let files: [(name: String, entry: Int)]

  /// - Parameter path: What errors call the archive.
  init(
    _ source: some ZipSource & Sendable, path: String, root: String, limits: DatasetLimits
  ) throws(DatasetError) {
    guard Deflate.isBuiltIn else { throw .archivesNotBuiltIn(path: path) }
    self.path = path
    self.source = source
    do throws(ZipError) {
      directory = try ZipDirectory(
        source,
        rules: ZipRules(
          names: .marked, methods: .storedAndDeflated, maximumEntryCount: limits.entries,
          maximumDirectoryByteCount: limits.directoryBytes))
    } catch {
      throw Self.error(error, path)
    }
    let prefix = root.isEmpty ? "" : root + "/"
    var files: [(name: String, entry: Int)] = []
    files.reserveCapacity(directory.entries.count)
    for (index, entry) in directory.entries.enumerated() {
      do throws(ZipError) { try directory.checkRoom(of: entry) } catch { throw Self.error(error, path) }
      var name = directory.name(of: entry)
      let isFolder = name.utf8.last == UInt8(ascii: "/")
      if isFolder { name.removeLast() }
      if let problem = DatasetName.problem(name) {
        throw .invalidName(path: path, name: name, reason: problem)
      }
      if isFolder {
        guard entry.byteCount == 0 else {
          throw .invalidEntry(path: path, name: name, reason: "is a folder and has content")
        }
      } else {
        files.append((name, index))
      }
    }
    files.sort { ByteOrder.precedes($0.name, $1.name) }
    for (one, next) in zip(files, files.dropFirst()) where ByteOrder.isEqual(one.name, next.name) {
      throw .duplicateName(path: path, name: one.name)
    }
    if !prefix.isEmpty {
      files = files.compactMap { file in
        guard file.name.utf8.starts(with: prefix.utf8) else { return nil }
        return (String(Substring(file.name.utf8.dropFirst(prefix.utf8.count))), file.entry)
      }
    }
    self.files = files
  }

  func names() -> [String] { files.lazy.map(\.name).filter { !DatasetName.isHidden($0) } }

  func contains(_ name: String) -> Bool { index(of: name) != nil }

  private func index(of name: String) -> Int? {
    ByteOrder.index(of: name, count: files.count) { files[$0].name }
  }

  func bytes(of name: String, limit: Int, limitName: String) throws(DatasetError) -> [UInt8] {
    guard let index = index(of: name) else { throw .unknownNames(path: path, names: [name], count: 1) }
    let entry = directory.entries[files[index].entry]
    guard entry.byteCount <= limit else {
      throw .limitExceeded(
        path: FilePath.join(path, name), limit: limitName, declared: entry.byteCount, allowed: limit)
    }
    func damaged(_ reason: String) -> DatasetError { .invalidEntry(path: path, name: name, reason: reason) }
    let stored: [UInt8]
    do throws(ZipError) {
      let range = try directory.data(of: entry, in: source)
      stored = try DatasetError.zip { () throws(FileError) in try source.bytes(at: range) }
    } catch {
      throw Self.error(error, path)
    }
    let result = stored.withUnsafeBytes { bytes in
      Result { () throws(Deflate.Problem) in
        if entry.method == 0 {
          guard try Deflate.crc32(bytes) == entry.crc32 else { throw .corrupt }
          return [UInt8]?.none
        }
        let data = try Deflate.inflate(bytes, byteCount: entry.byteCount)
        let sum = data.withUnsafeBytes { bytes in
          Result { () throws(Deflate.Problem) in try Deflate.crc32(bytes) }
        }
        guard try sum.get() == entry.crc32 else { throw .corrupt }
        return data
      }
    }
    do throws(Deflate.Problem) {
      return try result.get() ?? stored
    } catch {
      switch error {
      case .corrupt: throw damaged("is damaged: its data is not what the archive's directory says")
      case .outOfMemory:
        throw .unreadable(FileError(path: path, reason: .outOfMemory(byteCount: entry.byteCount)))
      case .notBuiltIn: throw .archivesNotBuiltIn(path: path)
      }
    }
  }

  private static func error(_ error: ZipError, _ path: String) -> DatasetError {
    switch error {
    case .unreadable(let error): .unreadable(error)
    case .invalid(let reason): .invalidArchive(path: path, reason: reason)
    }
  }
}

extension DatasetError {
  fileprivate static func zip<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(ZipError) -> Result {
    do throws(FileError) { return try body() } catch { throw .unreadable(error) }
  }
}
