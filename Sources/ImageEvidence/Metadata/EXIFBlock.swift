internal import ImageDecoding

/// The fields of a TIFF structure that say something of an image's origin.
struct EXIFBlock {
  enum Directory: Hashable { case first, exif, gps, thumbnail }

  struct Key: Hashable {
    let directory: Directory
    let tag: Int
  }

  struct Field {
    let type: Int
    let bytes: [UInt8]
    let order: ByteOrder
  }

  private(set) var fields: [Key: Field] = [:]
  let order: ByteOrder

  /// - Returns: Nil where the bytes are no TIFF structure.
  init?(_ bytes: UnsafeRawBufferPointer, limits: EvidenceLimits) {
    guard let structure = TIFFFields(bytes, takesBig: true) else { return nil }
    order = structure.order
    let first = structure.firstDirectory
    read(structure, first, .first, limits)
    // Each is read once, so that no list can be a circle.
    for (tag, directory) in [(0x8769, Directory.exif), (0x8825, .gps)] {
      if let place = self[.first, tag]?.integers.first, place != first {
        read(structure, place, directory, limits)
      }
    }
    if let second = first.flatMap(structure.directory(after:)), second != first {
      read(structure, second, .thumbnail, limits)
    }
  }

  private mutating func read(
    _ structure: TIFFFields, _ place: Int?, _ directory: Directory, _ limits: EvidenceLimits
  ) {
    guard let place, place > 0 else { return }
    for entry in TIFFEntries(structure, at: place).prefix(1_000) {
      let key = Key(directory: directory, tag: entry.tag)
      guard !Self.ofPixels.contains(entry.tag), fields[key] == nil, let count = entry.byteCount,
        count <= limits.textBytes, let start = structure.place(of: entry)
      else { continue }
      fields[key] = Field(
        type: entry.type, bytes: Array(structure.bytes[start..<start + count]), order: structure.order)
    }
  }

  /// Places and sizes of strips and tiles, profiles, and what other readers read.
  private static let ofPixels: Set<Int> = [
    0x0111, 0x0117, 0x0144, 0x0145, 0x014A, 0x015B, 0x02BC, 0x8773, 0x83BB, 0xCD41,
  ]

  subscript(_ directory: Directory, _ tag: Int) -> Field? { fields[Key(directory: directory, tag: tag)] }

  func text(_ directory: Directory, _ tag: Int) -> String? {
    self[directory, tag].map { String(anyText: $0.bytes) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  func number(_ tag: Int) -> Double? { self[.exif, tag]?.numbers.first }

  /// The user comment, which writers put into either directory.
  var userComment: String? {
    (self[.exif, 0x9286] ?? self[.first, 0x9286]).map { UserComment.text($0.bytes, order: order) }
  }
}

extension EXIFBlock.Field {
  /// The values of integer types.
  var integers: [Int] {
    guard let size = TIFFFields.size(ofType: type), [1, 3, 4, 6, 8, 9, 13, 16].contains(type) else {
      return []
    }
    return bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - size + 1, by: size).prefix(64).compactMap {
        guard let value = bytes.integer(at: $0, bytes: size, order) else { return nil }
        switch type {
        case 6: return Int(Int8(truncatingIfNeeded: value))
        case 8: return Int(Int16(truncatingIfNeeded: value))
        case 9: return Int(Int32(truncatingIfNeeded: value))
        default: return value
        }
      }
    }
  }

  /// Numerators and denominators of fractions.
  var fractions: [(Int, Int)] {
    guard type == 5 || type == 10 else { return [] }
    return bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - 7, by: 8).prefix(64).compactMap {
        guard let top = bytes.integer(at: $0, bytes: 4, order),
          let bottom = bytes.integer(at: $0 + 4, bytes: 4, order)
        else { return nil }
        return type == 5
          ? (top, bottom) : (Int(Int32(truncatingIfNeeded: top)), Int(Int32(truncatingIfNeeded: bottom)))
      }
    }
  }

  var numbers: [Double] {
    let fractions = fractions
    if !fractions.isEmpty { return fractions.filter { $0.1 != 0 }.map { Double($0.0) / Double($0.1) } }
    return integers.map(Double.init)
  }
}
