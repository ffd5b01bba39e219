/// Fields of a TIFF structure in its byte order: of a TIFF or BigTIFF file or of an EXIF block. Every access is checked.
package struct TIFFFields {
  package let bytes: UnsafeRawBufferPointer
  package let order: ByteOrder
  /// Whether it is a BigTIFF, whose counts and places have eight bytes.
  package let isBig: Bool

  /// - Parameter takesBig: Whether a BigTIFF is one. (Pillow takes one in big-endian order for a classic TIFF.)
  /// - Returns: Nil when the bytes do not begin like a TIFF file.
  package init?(_ bytes: UnsafeRawBufferPointer, takesBig: Bool = false) {
    switch bytes.integer(at: 0, bytes: 4) {
    // Pillow takes the number 42 in the wrong byte order too.
    case 0x4949_2A00, 0x4949_002A: (order, isBig) = (.little, false)
    case 0x4D4D_002A, 0x4D4D_2A00: (order, isBig) = (.big, false)
    case 0x4949_2B00 where takesBig: (order, isBig) = (.little, true)
    case 0x4D4D_002B where takesBig: (order, isBig) = (.big, false)
    default: return nil
    }
    self.bytes = bytes
    guard isBig || order == .big && bytes[3] == 43 || bytes.count >= 8 else { return nil }
  }

  /// The bytes of a count or a place.
  package var pointerBytes: Int { isBig ? 8 : 4 }

  /// Where the first directory stands, nil where that is not said. Zero is the end of the list of directories.
  package var firstDirectory: Int? { integer(at: pointerBytes, bytes: pointerBytes) }

  /// The entries of the first directory.
  package var firstEntries: TIFFEntries { TIFFEntries(self, at: firstDirectory) }

  /// The unsigned integer of up to eight bytes at `offset`, or nil outside and where it does not fit an `Int`.
  package func integer(at offset: Int, bytes count: Int) -> Int? {
    bytes.integer(at: offset, bytes: count, order)
  }

  /// Where the values of an entry stand; nil where they are not all there, or of no known type.
  package func place(of entry: TIFFEntries.Entry) -> Int? {
    guard let size = entry.byteCount else { return nil }
    if size <= pointerBytes { return entry.inline }
    guard let offset = integer(at: entry.inline, bytes: pointerBytes), offset <= bytes.count,
      size <= bytes.count - offset
    else { return nil }
    return offset
  }

  /// The bytes of one value of a type that Pillow knows.
  package static func size(ofType type: Int) -> Int? {
    switch type {
    case 1, 2, 6, 7: 1
    case 3, 8: 2
    case 4, 9, 11, 13: 4
    case 5, 10, 12, 16: 8
    default: nil
    }
  }

  /// A value as an integer, or nil when it is none: a text, a byte, which Pillow does not take for a number, or a
  /// fraction.
  package func number(at offset: Int, type: Int) -> Int? {
    func high(_ count: Int) -> Int? { integer(at: offset, bytes: count) }
    switch type {
    case 3: return high(2)
    case 4, 13: return high(4)
    case 6: return high(1).map { Int(Int8(truncatingIfNeeded: $0)) }
    case 8: return high(2).map { Int(Int16(truncatingIfNeeded: $0)) }
    case 9: return high(4).map { Int(Int32(truncatingIfNeeded: $0)) }
    case 5, 10:
      guard let first = high(4), let second = integer(at: offset + 4, bytes: 4) else { return nil }
      let (numerator, denominator) =
        type == 5
        ? (first, second) : (Int(Int32(truncatingIfNeeded: first)), Int(Int32(truncatingIfNeeded: second)))
      return denominator != 0 && numerator % denominator == 0 ? numerator / denominator : nil
    case 11: return high(4).flatMap { Int(exactly: Float(bitPattern: UInt32($0))) }
    case 12, 16:
      guard let first = high(4), let second = integer(at: offset + 4, bytes: 4) else { return nil }
      let (upper, lower) = order == .little ? (second, first) : (first, second)
      let bits = UInt64(upper) << 32 | UInt64(lower)
      return type == 16 ? Int(exactly: bits) : Int(exactly: Double(bitPattern: bits))
    default: return nil
    }
  }
}
