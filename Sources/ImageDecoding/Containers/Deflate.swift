#if PNG
  internal import CImageCodecs
#endif

/// Deflated data and checksums of archives, by the zlib that decodes PNG.
package enum Deflate {
  /// Whether this build has it: with the package trait `PNG`.
  package static var isBuiltIn: Bool {
    #if PNG
      true
    #else
      false
    #endif
  }

  /// Why data did not inflate.
  package enum Problem: Error, Sendable, Equatable {
    /// The stream is broken, or its data has another size than it should have.
    case corrupt
    case outOfMemory
    case notBuiltIn
  }

  /// The data of a stream without a header; `byteCount` is what it must have, checked against a limit by the caller.
  package static func inflate(
    _ bytes: UnsafeRawBufferPointer, byteCount: Int
  ) throws(Problem) -> [UInt8] {
    #if PNG
      // No byte of deflated data makes more than 1,032.
      guard byteCount / 1_032 <= bytes.count else { throw .corrupt }
      var status = CIC_OK
      let data = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
        status = Int(
          cic_inflate_raw(
            bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, buffer.baseAddress, byteCount))
        count = status == CIC_OK ? byteCount : 0
      }
      switch status {
      case CIC_OK: return data
      case CIC_NO_MEMORY: throw .outOfMemory
      default: throw .corrupt
      }
    #else
      throw .notBuiltIn
    #endif
  }

  /// The data of a stream with zlib's header, as far as they are there.
  ///
  /// - Parameter limit: The most bytes that it may have; more is an error.
  package static func inflateText(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(TextProblem) -> [UInt8] {
    #if PNG
      let start = bytes.bindMemory(to: UInt8.self).baseAddress
      var produced: Int64 = 0
      // First counted, so that no memory is taken for what is too large.
      let size = cic_inflated_size(start, bytes.count, Int64(limit), &produced)
      guard size >= 0 else { throw .corrupt }
      guard size <= limit else { throw .tooLarge }
      return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
        count = Int(Swift.max(0, cic_inflate(start, bytes.count, size, buffer.baseAddress)))
        count = Swift.min(count, Int(size))
      }
    #else
      throw .notBuiltIn
    #endif
  }

  /// Why a text did not inflate.
  package enum TextProblem: Error, Sendable, Equatable {
    case corrupt
    case tooLarge
    case notBuiltIn
  }

  /// The CRC-32 of ZIP and PNG.
  package static func crc32(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> UInt32 {
    #if PNG
      cic_crc32(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    #else
      throw .notBuiltIn
    #endif
  }
}
