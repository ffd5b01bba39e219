/// What a file's metadata says of its orientation: the EXIF block and the XMP packet, found by the format's reader.
struct OrientationMetadata {
  /// A TIFF structure, with or without `Exif\0\0` before it.
  var exif: [UInt8]?
  /// XML, of which only one attribute or element matters.
  var xmp: [UInt8]?

  /// The orientation that Pillow's `exif_transpose` acts on: EXIF's where there is any, else XMP's.
  var orientation: ImageOrientation {
    if let exif, !exif.isEmpty {
      switch exif.withUnsafeBytes({ EXIFOrientation(in: $0) }) {
      case .value(let number): return number.flatMap(ImageOrientation.init) ?? .topLeft
      case .absent: break
      case .malformed: return .topLeft
      }
    }
    return xmp.flatMap { $0.withUnsafeBytes(Self.xmpOrientation) } ?? .topLeft
  }

  /// The digit after the first `tiff:Orientation="` or `tiff:Orientation>` that one follows.
  private static func xmpOrientation(_ bytes: UnsafeRawBufferPointer) -> ImageOrientation? {
    let name = Array("tiff:Orientation".utf8)
    var position = 0
    while position + name.count + 2 <= bytes.count {
      let rest = bytes.suffix(from: position)
      guard let next = rest.firstIndex(of: name[0]) else { return nil }
      position += next
      let candidate = bytes.suffix(from: position)
      if candidate.starts(with: name) {
        let after = candidate.suffix(from: name.count)
        let digit =
          after.starts(with: "=\"")
          ? after.dropFirst(2).first : after.first == UInt8(ascii: ">") ? after.dropFirst().first : nil
        if let digit, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
          return ImageOrientation(rawValue: Int(digit - UInt8(ascii: "0")))
        }
      }
      position += 1
    }
    return nil
  }
}

/// The tag Orientation of an EXIF block's first directory.
enum EXIFOrientation: Equatable {
  /// There is one; nil when its value is no integer.
  case value(Int?)
  case absent
  /// The block is no TIFF structure.
  case malformed

  private static let tag = 0x0112

  /// Reads as Pillow does: the first entry with the tag whose data lies inside the block, of any numeric type but
  /// bytes, and of its values the first. A directory that is cut short counts as far as it goes.
  init(in bytes: UnsafeRawBufferPointer) {
    var block = bytes
    for _ in 0..<2 where block.starts(with: "Exif\0\0") { block = block.suffix(from: 6) }
    guard let reader = TIFFFields(block) else {
      self = .malformed
      return
    }
    self = .absent
    guard let count = reader.integer(at: reader.firstDirectory, bytes: 2) else { return }
    for index in 0..<count {
      let entry = reader.firstDirectory + 2 + 12 * index
      guard let tag = reader.integer(at: entry, bytes: 2), let type = reader.integer(at: entry + 2, bytes: 2),
        let values = reader.integer(at: entry + 4, bytes: 4), reader.integer(at: entry + 8, bytes: 4) != nil
      else { return }
      guard tag == Self.tag, let size = TIFFFields.size(ofType: type), values > 0 else { continue }
      var position = entry + 8
      if values * size > 4 {
        guard let offset = reader.integer(at: entry + 8, bytes: 4), offset + values * size <= block.count
        else { continue }
        position = offset
      }
      self = .value(reader.number(at: position, type: type))
      return
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func integer(at offset: Int, bytes count: Int, isLittleEndian: Bool) -> Int? {
    guard let value = integer(at: offset, bytes: count) else { return nil }
    guard isLittleEndian else { return value }
    return (0..<count).reduce(0) { $0 | (value >> (8 * $1) & 0xFF) << (8 * (count - 1 - $1)) }
  }
}

/// Fields of a TIFF structure in its byte order. Every access is checked.
struct TIFFFields {
  let bytes: UnsafeRawBufferPointer
  let isLittleEndian: Bool
  let firstDirectory: Int

  /// Nil when the bytes do not begin like a TIFF file.
  init?(_ bytes: UnsafeRawBufferPointer) {
    // Pillow takes the number 42 in the wrong byte order too.
    switch bytes.integer(at: 0, bytes: 4) {
    case 0x4949_2A00, 0x4949_002A: isLittleEndian = true
    case 0x4D4D_002A, 0x4D4D_2A00: isLittleEndian = false
    default: return nil
    }
    guard let offset = bytes.integer(at: 4, bytes: 4, isLittleEndian: isLittleEndian) else { return nil }
    self.bytes = bytes
    firstDirectory = offset
  }

  /// The same for a whole file, which may also be a BigTIFF; then there is no `firstDirectory`.
  init?(header bytes: UnsafeRawBufferPointer) {
    if let fields = Self(bytes) {
      self = fields
      return
    }
    switch bytes.integer(at: 0, bytes: 4) {
    case 0x4949_2B00: isLittleEndian = true
    case 0x4D4D_002B: isLittleEndian = false
    default: return nil
    }
    self.bytes = bytes
    firstDirectory = 0
  }

  /// The unsigned integer of at most four bytes at `offset`, or nil outside.
  func integer(at offset: Int, bytes count: Int) -> Int? {
    bytes.integer(at: offset, bytes: count, isLittleEndian: isLittleEndian)
  }

  /// The bytes of one value of a type that Pillow knows.
  static func size(ofType type: Int) -> Int? {
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
  func number(at offset: Int, type: Int) -> Int? {
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
      let (upper, lower) = isLittleEndian ? (second, first) : (first, second)
      let bits = UInt64(upper) << 32 | UInt64(lower)
      return type == 16 ? Int(exactly: bits) : Int(exactly: Double(bitPattern: bits))
    default: return nil
    }
  }
}
