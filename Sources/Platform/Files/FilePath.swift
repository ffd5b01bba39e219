/// Paths put together and taken apart by bytes: before a combining character "/" is no Character of its own.
package enum FilePath {
  /// A folder and the name of a file in it as one path.
  package static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
  }

  /// The folder that a file is in; empty for the current one.
  package static func folder(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<path.utf8.index(after: $0)]) } ?? ""
  }

  /// The name of a file in its folder.
  package static func name(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
  }

  /// Whether there is a folder behind a path, all links followed; the empty path is the current one.
  package static func isFolder(_ path: String) -> Bool {
    guard let name = (path.isEmpty ? "." : path).systemPath else { return false }
    var status = stat()
    return stat(name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
