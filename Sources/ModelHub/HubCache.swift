import Platform

/// One model's folder in the cache that Python's `huggingface_hub` keeps.
///
/// | in the folder of the model | |
/// |---|---|
/// | `refs/REVISION` | the commit that a branch or tag was at, when it was asked for last |
/// | `blobs/ETAG` | a file's content, or a link to where several models share it |
/// | `snapshots/COMMIT/FILE` | a relative link to the blob, or the file itself |
/// | `.no_exist/COMMIT/FILE` | an empty file: the repository does not have this one |
struct HubCache: Sendable {
  /// The cache of all models.
  let root: String
  let id: RepositoryID

  /// The model's folder.
  var folder: String { FilePath.join(root, id.folderName) }

  func snapshot(_ commit: String) -> String { "\(folder)/snapshots/\(commit)" }
  func pointer(_ file: String, at commit: String) -> String { "\(snapshot(commit))/\(file)" }
  func blob(_ etag: String) -> String { "\(folder)/blobs/\(etag)" }
  func lock(_ etag: String) -> String { "\(root)/.locks/\(id.folderName)/\(etag).lock" }
  private func ref(_ revision: HubRevision) -> String { "\(folder)/refs/\(revision.string)" }
  private func absence(_ file: String, at commit: String) -> String {
    "\(folder)/.no_exist/\(commit)/\(file)"
  }

  // MARK: Looking

  /// The commit that a branch or tag was at last; the revision itself where it is a commit.
  func commit(of revision: HubRevision) throws(HubError) -> String? {
    if revision.isCommit { return revision.string }
    do throws(FileError) {
      let bytes = try InputFile(path: ref(revision)).contents(limit: 1024)
      let commit = String(decoding: bytes, as: UTF8.self).trimmed
      return commit.isHexadecimal(40) ? commit : nil
    } catch {
      if error.isNotFound { return nil }
      throw .file(error)
    }
  }

  /// Whether a file of a commit is there, all links followed.
  func has(_ file: String, at commit: String) -> Bool { InputFile.exists(pointer(file, at: commit)) }

  /// Whether it is known that a commit does not have a file.
  func isAbsent(_ file: String, at commit: String) -> Bool { InputFile.exists(absence(file, at: commit)) }

  // MARK: Writing

  /// Remembers the commit that a branch or tag is at.
  func remember(_ commit: String, for revision: HubRevision) throws(HubError) {
    guard !revision.isCommit else { return }
    let path = ref(revision)
    if (try? self.commit(of: revision)) == commit { return }
    try Self.writing { () throws(FileError) in
      try OutputFile.makeFolder(FilePath.folder(of: path))
      // No line break after it: Python reads the file as it is.
      try OutputFile.replace(path, with: commit)
    }
  }

  /// Remembers that a commit does not have a file.
  func rememberAbsence(of file: String, at commit: String) throws(HubError) {
    let path = absence(file, at: commit)
    try Self.writing { () throws(FileError) in
      try OutputFile.makeFolder(FilePath.folder(of: path))
      try OutputFile.replace(path, with: "")
    }
  }

  /// Makes the folders that a download needs, and marks the cache as one for backup programs.
  func prepare() throws(HubError) {
    try Self.writing { () throws(FileError) in
      try OutputFile.makeFolder("\(folder)/blobs")
      let tag = FilePath.join(root, "CACHEDIR.TAG")
      guard !InputFile.exists(tag) else { return }
      try OutputFile.replace(
        tag,
        with: """
          Signature: 8a477f597d28d172789f06886806bc55
          # This file marks a cache directory, here of models from the Hugging Face Hub.
          # For information about cache directory tags see https://bford.info/cachedir/

          """)
    }
  }

  /// Makes a blob a file of a commit.
  ///
  /// - Parameter linking: Whether by a link; else, and where the file system has no links, the blob moves.
  func place(_ etag: String, as file: String, at commit: String, linking: Bool) throws(HubError) {
    let path = pointer(file, at: commit)
    let depth = file.split(separator: "/").count + 1
    try Self.writing { () throws(FileError) in
      try OutputFile.makeFolder(FilePath.folder(of: path))
      if linking {
        let target = String(repeating: "../", count: depth) + "blobs/\(etag)"
        if try Self.link(target, path) { return }
      }
      let (old, new) = (try FileError.systemPath(blob(etag)), try FileError.systemPath(path))
      _ = try FileError.retrying(path, "rename") { rename(old, new) }
    }
  }

  /// Makes a link, in place of one that leads nowhere.
  ///
  /// - Returns: Whether this file system has links.
  private static func link(_ target: String, _ path: String) throws(FileError) -> Bool {
    let name = try FileError.systemPath(path)
    if symlink(target, name) == 0 || (errno == EEXIST && InputFile.exists(path)) { return true }
    guard errno == EEXIST else {
      if errno == EPERM || errno == ENOTSUP || errno == ENOSYS { return false }
      throw FileError(path: path, reason: .system(call: "symlink", code: errno))
    }
    let temporary = "\(path).\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 16)).tmp"
    let temporaryName = try FileError.systemPath(temporary)
    _ = try FileError.retrying(temporary, "symlink") { symlink(target, temporaryName) }
    do throws(FileError) {
      _ = try FileError.retrying(path, "rename") { rename(temporaryName, name) }
    } catch {
      unlink(temporaryName)
      throw error
    }
    return true
  }

  static func writing(_ body: () throws(FileError) -> Void) throws(HubError) {
    do throws(FileError) { try body() } catch { throw .file(error) }
  }
}

/// A lock that other processes see, and other threads, for as long as the object lives. It keeps two from downloading
/// the same file; nothing is damaged where it does not work.
final class FileLock {
  private let descriptor: Int32

  /// Waits for the lock.
  ///
  /// - Throws: `HubError.file`, `CancellationError`.
  init(_ path: String, _ cancellation: CancellationFlag) throws {
    let open = try Self.open(path)
    while flock(open, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
      guard !cancellation.isSet else {
        close(open)
        throw CancellationError()
      }
      usleep(20_000)
    }
    descriptor = open
  }

  private static func open(_ path: String) throws(HubError) -> Int32 {
    do throws(FileError) {
      try OutputFile.makeFolder(FilePath.folder(of: path))
      let name = try FileError.systemPath(path)
      return try FileError.retrying(path, "open") { systemOpen(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o664) }
    } catch {
      throw .file(error)
    }
  }

  deinit { close(descriptor) }
}
