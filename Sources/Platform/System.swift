// The only Swift file that asks which system this is. Whoever imports this module has the system's C library through it.

#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#elseif canImport(Darwin)
  @_exported import Darwin
#endif

// MARK: - Calls whose names members of our types have too
// Inside such a type the plain name is the member's, and a qualified one would name the system.

/// `open` with the permissions of a file that is made.
package func systemOpen(_ path: [CChar], _ flags: Int32, _ permissions: mode_t) -> Int32 {
  open(path, flags, permissions)
}

/// `read`.
package func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, bytes, count)
}

/// `write`.
package func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// `rename`.
package func systemRename(_ old: [CChar], _ new: [CChar]) -> Int32 { rename(old, new) }

// MARK: - What differs between systems

/// Asks for huge pages behind memory that starts at such a page. Only advice: without it the memory works all the same.
package func adviseHugePages(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
  #if os(Linux)
    madvise(memory, byteCount, MADV_HUGEPAGE)
  #endif
}

extension stat {
  /// When the content was written last.
  var modificationTime: timespec {
    #if canImport(Darwin)
      st_mtimespec
    #else
      st_mtim
    #endif
  }

  /// When anything about the file changed last.
  var changeTime: timespec {
    #if canImport(Darwin)
      st_ctimespec
    #else
      st_ctim
    #endif
  }
}

#if canImport(Darwin)
  /// What `pthread_create` writes.
  typealias ThreadHandle = pthread_t?
  /// What the function of a new thread is given.
  typealias ThreadContext = UnsafeMutableRawPointer
  let noThread: ThreadHandle = nil
#else
  /// What `pthread_create` writes.
  typealias ThreadHandle = pthread_t
  /// What the function of a new thread is given.
  typealias ThreadContext = UnsafeMutableRawPointer?
  let noThread: ThreadHandle = 0
#endif
