/// Builds PNG files chunk by chunk, right or wrong.
struct PNGBuilder {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  var bytes = PNGBuilder.signature

  mutating func header(
    width: UInt32, height: UInt32, depth: UInt8 = 8, type: UInt8 = 0, interlace: UInt8 = 0
  ) {
    chunk("IHDR", Self.bigEndian(width) + Self.bigEndian(height) + [depth, type, 0, 0, interlace])
  }

  mutating func chunk(_ type: String, _ data: [UInt8]) {
    let body = Array(type.utf8) + data
    bytes += Self.bigEndian(UInt32(data.count)) + body + Self.bigEndian(Self.checksum(body))
  }

  /// Compressed data that stores `rows` as they are.
  static func stored(_ rows: [UInt8]) -> [UInt8] {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in rows {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    let (low, high) = (UInt8(rows.count & 255), UInt8(rows.count >> 8))
    return [0x78, 0x01, 0x01, low, high, ~low, ~high] + rows + bigEndian(b << 16 | a)
  }

  /// Compressed data that inflates to at least `count` equal bytes, with the fixed Huffman codes of deflate.
  static func deflatedRun(of count: Int) -> [UInt8] {
    // The header of a last block; the literal 0; "258 bytes from one byte before" until there are enough; the end.
    let codes = ["110", "00110000"] + [String](repeating: "1100010100000", count: count / 258 + 1)
    let bits = Array((codes.joined() + "0000000").utf8).map { $0 & 1 }
    let data = stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<Swift.min(start + 8, bits.count)].reversed().reduce(UInt8(0)) { $0 << 1 | $1 }
    }
    return [0x78, 0x01] + data
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
  }
}
