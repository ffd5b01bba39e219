#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that are there whole or not at all.
enum OutputFile {
  /// Makes the file at `path` consist of `parts`, whatever was there before.
  ///
  /// The bytes go to a new file beside it, which takes its name when they are on the disk: nobody ever sees
  /// a part of them, and of several writers the last one wins. Only the user may read the file.
  static func replace(_ path: String, with parts: [UnsafeRawBufferPointer]) throws(FileError) {
    let random = UInt64.random(in: 0 ... .max)
    let temporary = "\(path).\(getpid())-\(String(random, radix: 16)).tmp"
    let descriptor = try FileError.retrying(temporary, "open") {
      open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    }
    do throws(FileError) {
      do throws(FileError) {
        for part in parts { try write(part, to: descriptor, temporary) }
        _ = try FileError.retrying(temporary, "fsync") { fsync(descriptor) }
      } catch {
        close(descriptor)
        throw error
      }
      // Some file systems tell only now that the disk is full.
      guard close(descriptor) == 0 || errno == EINTR else {
        throw FileError(path: temporary, reason: .system(call: "close", code: errno))
      }
      _ = try FileError.retrying(path, "rename") { rename(temporary, path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String
  ) throws(FileError) {
    // Linux moves at most 2 GiB in one call.
    let largestWrite = 1 << 30
    var rest = bytes
    while !rest.isEmpty {
      #if canImport(Darwin)
        let call = Darwin.write
      #elseif canImport(Musl)
        let call = Musl.write
      #else
        let call = Glibc.write
      #endif
      let count = try FileError.retrying(path, "write") {
        call(descriptor, rest.baseAddress, min(rest.count, largestWrite))
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Makes a folder and those above it, where they are not there yet, for this user alone.
  static func makeFolder(_ path: String) throws(FileError) {
    var prefix = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += component
      if mkdir(prefix, 0o700) != 0 {
        let code = errno
        var status = stat()
        // A folder that is there may well be one that nothing can be made in.
        guard stat(prefix, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
          throw FileError(path: prefix, reason: .system(call: "mkdir", code: code))
        }
      }
      prefix += "/"
    }
  }
}
