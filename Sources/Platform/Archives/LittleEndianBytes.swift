/// Little-endian numbers in bytes; the caller has checked that they are there.
package struct LittleEndianBytes: Sendable {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var count: Int { bytes.count }

  package subscript(range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }
  package subscript(range: PartialRangeFrom<Int>) -> ArraySlice<UInt8> { bytes[range] }

  package func u16(_ offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(offset, 2)) }
  package func u32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(offset, 4)) }
  package func u64(_ offset: Int) -> UInt64 { number(offset, 8) }

  private func number(_ offset: Int, _ count: Int) -> UInt64 {
    bytes[offset..<(offset + count)].littleEndianInteger
  }
}
