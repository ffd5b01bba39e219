internal import ImageDecoding

/// Records of IPTC-IIM: texts by record and number.
struct IPTCRecords {
  struct Key: Hashable {
    let record: Int
    let number: Int
  }

  private(set) var texts: [Key: [String]] = [:]
  /// Whether a record was cut short.
  private(set) var isDamaged = false

  init(_ bytes: UnsafeRawBufferPointer, limits: EvidenceLimits) {
    var reader = ByteReader(bytes)
    var count = 0
    while reader.remaining >= 5, bytes[reader.position] == 0x1C, count < limits.containerParts {
      count += 1
      reader.position += 1
      guard let record = reader.readUInt8(), let number = reader.readUInt8(), var length = reader.readUInt16()
      else { break }
      if length & 0x8000 != 0 {
        // The length of the length.
        guard let long = reader.readUInt(length & 0x7FFF) else {
          isDamaged = true
          return
        }
        length = long
      }
      guard let data = reader.read(length) else {
        isDamaged = true
        return
      }
      texts[Key(record: record, number: number), default: []].append(
        String(anyText: data.prefix(limits.textBytes)))
    }
  }

  subscript(_ record: Int, _ number: Int) -> String? { texts[Key(record: record, number: number)]?.first }
}
