internal import CPlatform

/// A file mapped read-only into memory until the object goes.
package final class MappedFile: @unchecked Sendable {
  // Sendable: the memory is never written through this object.

  /// The mapping. Where somebody may cut the file, touching it can end the process with SIGBUS; `copy` cannot.
  package let bytes: UnsafeRawBufferPointer
  /// The file that is mapped.
  package let file: InputFile

  package init(_ file: InputFile) throws(FileError) {
    self.file = file
    guard file.byteCount > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let address = mmap(nil, file.byteCount, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
    guard let address, address != MAP_FAILED else {
      throw FileError(path: file.path, reason: .system(call: "mmap", code: errno))
    }
    bytes = UnsafeRawBufferPointer(start: address, count: file.byteCount)
  }

  /// Gives the whole pages of `range` back; the system reads them again when they are touched.
  package func release(_ range: Range<Int>) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    guard page > 0, let base = bytes.baseAddress else { return }
    let first = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound / page * page
    // Only advice: without it the pages stay until the memory is short.
    if first < end { madvise(UnsafeMutableRawPointer(mutating: base + first), end - first, MADV_DONTNEED) }
  }

  deinit {
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }
}

/// Copying out of the mapping.
extension MappedFile {
  /// The bytes of `range`, which lies inside the mapping.
  package func copy(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    try InputFile.bytes(of: file.path, count: range.count) { buffer throws(FileError) in
      try copy(range, into: buffer)
    }
  }

  /// Copies the bytes of `range`, which lies inside the mapping, into memory that has room for them.
  ///
  /// - Throws: `FileError.Reason.truncated` where the file has been cut since it was mapped.
  package func copy(_ range: Range<Int>, into destination: UnsafeMutableRawBufferPointer) throws(FileError) {
    var done = 0
    while done < range.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: destination[done..<range.count])
      let position = range.lowerBound + done
      let count = bytes.baseAddress.map { cpl_copy(rest.baseAddress, $0 + position, rest.count) } ?? -1
      if count > 0 {
        done += count
      } else if count < 0, errno == EFAULT {
        throw cut(range, found: done)
      } else {
        // The system has no such call or does not allow it, as in some sandboxes.
        return try file.read(into: rest, at: position)
      }
    }
    // What is cut off within a page reads as zeros.
    let length = try file.currentIdentity().byteCount
    guard length >= range.upperBound else {
      throw cut(range, found: max(0, length - range.lowerBound))
    }
  }

  private func cut(_ range: Range<Int>, found: Int) -> FileError {
    FileError(
      path: file.path,
      reason: .truncated(offset: range.lowerBound, expected: range.count, found: found))
  }
}
