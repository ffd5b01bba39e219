/// A file that grows line by line, and that can be gone on with at a place that is known to be good.
///
/// Every write is one call of the system, so that a killed process leaves whole lines and at most the beginning of one
/// more. Not to be shared by threads.
package final class AppendedFile {
  package let path: String
  /// The bytes that are there.
  package private(set) var byteCount: Int
  private let descriptor: Int32

  /// - Parameter kept: How many bytes of the file that is there are kept, all of which it must have; 0 begins anew.
  /// - Throws: `truncated` where it has fewer.
  package init(path: String, keeping kept: Int) throws(FileError) {
    self.path = path
    let name = try FileError.systemPath(path)
    let flags = O_WRONLY | O_CLOEXEC | O_APPEND | (kept == 0 ? O_CREAT : 0)
    descriptor = try FileError.retrying(path, "open") {
      systemOpen(name, flags, OutputFile.publicPermissions)
    }
    byteCount = kept
    do throws(FileError) {
      var status = stat()
      _ = try FileError.retrying(path, "fstat") { fstat(descriptor, &status) }
      guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path: path, reason: .notARegularFile) }
      guard Int(status.st_size) >= kept else {
        throw FileError(
          path: path, reason: .truncated(offset: 0, expected: kept, found: Int(status.st_size)))
      }
      _ = try FileError.retrying(path, "ftruncate") { ftruncate(descriptor, off_t(kept)) }
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end.
  package func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

  /// Adds bytes at the end.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let rest = bytes[done...]
      done += try FileError.retrying(path, "write") {
        rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      }
    }
    byteCount += bytes.count
  }

  /// Waits until everything is on the disk.
  package func sync() throws(FileError) {
    _ = try FileError.retrying(path, "fsync") { fsync(descriptor) }
  }
}
