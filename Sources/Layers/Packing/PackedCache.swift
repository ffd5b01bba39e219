import Checkpoint
import Platform

/// A folder that keeps packed weights, so that a later start need neither pack nor hash.
///
/// Packed weights are as large as the weights at their precision, and stand in a file for each model (by the
/// SHA-256 of its weights), kernel level, precision and version of this library. A file that does not fit,
/// is damaged, or could have been written by another user is replaced and never used. The files can be
/// removed at any time.
///
/// Beside them stands, for each weights file, its SHA-256 with the file's device, inode, length and times of
/// modification and change. While those are the same, the weights are taken for unchanged and not hashed
/// again, as version-control systems do it. (A file modified within the last seconds is not remembered.)
///
/// The packed weights are mapped, not read: **do not cut or overwrite the files in place** while a program
/// uses them, which would end it with SIGBUS or change its results. This library never does; it renames a
/// new file over the old one.
public struct PackedCache: Sendable, Equatable {
  /// The folder. It is made, for this user alone, when there is something to write.
  public var folder: String

  /// Names a folder; nothing is looked at yet.
  public init(folder: String) { self.folder = folder }

  /// The folder `aiguard` in `$XDG_CACHE_HOME`, or in `~/.cache` where that is not set.
  ///
  /// Where there is no home folder either, `folder` is empty, and loading reports
  /// `PackedCacheProblem.noFolder`.
  public static var userCache: PackedCache {
    func absolute(_ variable: String) -> String? {
      getenv(variable).map { String(systemPath: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    let caches = absolute("XDG_CACHE_HOME") ?? absolute("HOME").map { FilePath.join($0, ".cache") }
    return PackedCache(folder: caches.map { FilePath.join($0, "aiguard") } ?? "")
  }

  /// The path of a file in the folder.
  func path(of name: String) -> String { FilePath.join(folder, name) }

  /// Writes a file into the folder.
  func write(_ parts: [UnsafeRawBufferPointer], to name: String) throws(PackedCacheProblem) {
    guard !folder.isEmpty else { throw .noFolder }
    do throws(FileError) {
      try OutputFile.makeFolder(folder, permissions: 0o700)
      try OutputFile.replace(
        path(of: name), permissions: OutputFile.privatePermissions, with: parts)
    } catch {
      throw .file(error)
    }
  }

  /// Opens a file of the folder; `nil` where there is none of that name.
  func open(_ name: String) throws(PackedCacheProblem) -> InputFile? {
    guard !folder.isEmpty else { throw .noFolder }
    let file: InputFile
    do throws(FileError) {
      file = try InputFile(path: path(of: name))
    } catch {
      if error.isNotFound { return nil }
      throw .file(error)
    }
    guard file.identity.isPrivate else { throw .notPrivate(path: file.path) }
    return file
  }
}
