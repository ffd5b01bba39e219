/// One member of a gzip stream (RFC 1952) that is all of it.
package struct GzipMember {
  private let bytes: [UInt8]
  /// Where the deflated data begin.
  private let start: Int

  /// - Returns: Nil where the header is none of gzip's, or cut.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= 18, bytes.starts(with: [0x1F, 0x8B, 8]), bytes[3] & 0xE0 == 0 else { return nil }
    let flags = bytes[3]
    var start = 10
    if flags & 4 != 0 { start += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
    // A name and a comment, which a zero byte ends.
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0) else { return nil }
      start = end + 1
    }
    if flags & 2 != 0 { start += 2 }
    guard start <= bytes.count - 8 else { return nil }
    (self.bytes, self.start) = (bytes, start)
  }

  /// The data; nil where they are damaged or more than `limit` bytes.
  package func inflated(limit: Int) -> [UInt8]? {
    bytes.withUnsafeBytes { whole in
      var end = ByteReader(whole, position: whole.count - 8)
      guard let checksum = end.readUInt32(.little), let byteCount = end.readUInt32(.little),
        byteCount <= limit,
        let data = try? Deflate.inflate(
          UnsafeRawBufferPointer(rebasing: whole[start..<whole.count - 8]), byteCount: byteCount),
        let found = data.withUnsafeBytes({ try? Deflate.crc32($0) }), Int(found) == checksum
      else { return nil }
      return data
    }
  }
}
