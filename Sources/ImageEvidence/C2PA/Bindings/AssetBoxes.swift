internal import ImageDecoding

/// A part of a file, under the name that `c2pa.hash.boxes` has for it.
struct AssetBox: Sendable {
  enum Role: Sendable {
    /// The manifest store.
    case store
    /// Nothing that changes what is seen: comments, EXIF, XMP.
    case metadata
    case other
  }

  let name: String
  let range: Range<Int>
  let role: Role
}

/// The parts of a file, one after the other, from its first byte to the end of its image.
enum AssetBoxes {
  /// How many parts are looked at.
  static let maximumCount = 100_000

  /// Nil for files of other kinds, and for such as are cut short or have more than `maximumCount` parts.
  ///
  /// - Parameter joiningRestarts: Whether what lies behind restart markers of a JPEG belongs to its scan.
  static func boxes(of asset: BoundAsset, joiningRestarts: Bool) -> [AssetBox]? {
    let bytes = asset.bytes
    if bytes.prefix(8).elementsEqual(pngSignature) { return png(asset) }
    if bytes.prefix(3).elementsEqual([0xFF, 0xD8, 0xFF]) { return jpeg(asset, joiningRestarts) }
    if bytes.starts(with: "RIFF") { return riff(asset) }
    if bytes.starts(with: "GIF8") { return gif(asset) }
    return nil
  }

  /// Where metadata lies, store apart; nil where it cannot be told.
  static func metadata(of asset: BoundAsset) -> [Range<Int>]? {
    boxes(of: asset, joiningRestarts: true)?.filter { $0.role == .metadata }.map(\.range)
  }

  private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private static func role(_ range: Range<Int>, _ asset: BoundAsset, isMetadata: Bool) -> AssetBox.Role {
    if let store = asset.storeExtent, store.contains(range.lowerBound) { return .store }
    return isMetadata ? .metadata : .other
  }

  // MARK: JPEG

  private static func jpeg(_ asset: BoundAsset, _ joiningRestarts: Bool) -> [AssetBox]? {
    let bytes = asset.bytes
    var boxes = [AssetBox(name: "SOI", range: 0..<2, role: .other)]
    var position = 2
    while boxes.count < maximumCount {
      let start = position
      guard bytes.integer(at: position, bytes: 1) == 0xFF else { return nil }
      while bytes.integer(at: position, bytes: 1) == 0xFF { position += 1 }  // Fill bytes.
      guard let code = bytes.integer(at: position, bytes: 1) else { return nil }
      position += 1
      if code == 0xD9 {
        boxes.append(AssetBox(name: "EOI", range: start..<position, role: .other))
        return boxes
      }
      if !(0xD0...0xD7).contains(code) {
        guard let length = bytes.integer(at: position, bytes: 2), length >= 2,
          length <= bytes.count - position
        else {
          return nil
        }
        position += length
      }
      if code == 0xDA || (0xD0...0xD7).contains(code) {
        position = endOfScan(bytes, from: position, joiningRestarts)
      }
      let range = start..<position
      let role = Self.role(range, asset, isMetadata: isMetadata(code))
      if role == .store, let last = boxes.last, last.role == .store {
        boxes[boxes.count - 1] = AssetBox(name: "C2PA", range: last.range.lowerBound..<position, role: .store)
      } else {
        boxes.append(AssetBox(name: role == .store ? "C2PA" : jpegName(code), range: range, role: role))
      }
    }
    return nil
  }

  /// Where the next marker stands that does not belong to the scan's data.
  private static func endOfScan(_ bytes: UnsafeRawBufferPointer, from start: Int, _ joiningRestarts: Bool)
    -> Int
  {
    var position = start
    while position + 1 < bytes.count {
      if bytes[position] == 0xFF {
        let next = bytes[position + 1]
        if next != 0, !(joiningRestarts && (0xD0...0xD7).contains(next)) { return position }
      }
      position += 1
    }
    return bytes.count
  }

  /// JFIF's head, EXIF, XMP, IPTC and comments. Not the colour profile (APP2) and what says how colours are coded (APP14).
  private static func isMetadata(_ code: Int) -> Bool { [0xE0, 0xE1, 0xED, 0xFE].contains(code) }

  private static func jpegName(_ code: Int) -> String {
    switch code {
    case 0xC4: "DHT"
    case 0xC8: "JPG"
    case 0xCC: "DAC"
    case 0xC0...0xCF: "SOF\(code - 0xC0)"
    case 0xD0...0xD7: "RST\(code - 0xD0)"
    case 0xDA: "SOS"
    case 0xDB: "DQT"
    case 0xDC: "DNL"
    case 0xDD: "DRI"
    case 0xDE: "DHP"
    case 0xDF: "EXP"
    case 0xE0...0xEF: "APP\(code - 0xE0)"
    case 0xFE: "COM"
    default: String(code, radix: 16, uppercase: true)
    }
  }

  // MARK: PNG

  private static func png(_ asset: BoundAsset) -> [AssetBox]? {
    let bytes = asset.bytes
    var boxes = [AssetBox(name: "PNGh", range: 0..<8, role: .other)]
    var position = 8
    while boxes.count < maximumCount {
      guard let length = bytes.integer(at: position, bytes: 4), bytes.count - position >= 12,
        length <= bytes.count - position - 12
      else { return nil }
      let range = position..<position + 12 + length
      let name = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
      let role = Self.role(
        range, asset, isMetadata: ["tEXt", "zTXt", "iTXt", "eXIf", "tIME"].contains(name))
      boxes.append(AssetBox(name: role == .store ? "C2PA" : name, range: range, role: role))
      position = range.upperBound
      if name == "IEND" { return boxes }
    }
    return nil
  }

  // MARK: RIFF

  private static func riff(_ asset: BoundAsset) -> [AssetBox]? {
    guard asset.bytes.count >= 12, let chunks = RIFFChunks(asset.bytes) else { return nil }
    var boxes = [
      AssetBox(
        name: String(decoding: asset.bytes[8..<12], as: UTF8.self), range: 0..<12, role: .other)
    ]
    for chunk in chunks {
      guard boxes.count < maximumCount, chunk.bytes.count == chunk.length else { return nil }
      let range = chunk.start..<min(asset.bytes.count, chunk.start + 8 + chunk.length + chunk.length % 2)
      let role = Self.role(range, asset, isMetadata: ["EXIF", "XMP "].contains(chunk.type))
      boxes.append(AssetBox(name: role == .store ? "C2PA" : chunk.type, range: range, role: role))
    }
    return boxes
  }

  // MARK: GIF

  private static func gif(_ asset: BoundAsset) -> [AssetBox]? {
    let bytes = asset.bytes
    guard let flags = bytes.integer(at: 10, bytes: 1) else { return nil }
    var position = 13 + colors(flags)
    guard position <= bytes.count else { return nil }
    var boxes = [
      AssetBox(name: String(decoding: bytes[0..<6], as: UTF8.self), range: 0..<6, role: .other),
      AssetBox(name: "LSD", range: 6..<position, role: .other),
    ]
    while boxes.count < maximumCount {
      let start = position
      switch bytes.integer(at: position, bytes: 1) {
      case 0x3B:
        boxes.append(AssetBox(name: "3B", range: start..<start + 1, role: .other))
        return boxes
      case 0x21:
        guard let label = bytes.integer(at: position + 1, bytes: 1),
          let end = endOfBlocks(bytes, from: position + 2)
        else { return nil }
        position = end
        let isText =
          label == 0xFE
          || label == 0xFF && bytes.integer(at: start + 2, bytes: 1) == 11
            && bytes[start + 3..<start + 14].elementsEqual("XMP DataXMP".utf8)
        let role = Self.role(start..<end, asset, isMetadata: isText)
        let name = "21" + (label < 16 ? "0" : "") + String(label, radix: 16, uppercase: true)
        boxes.append(AssetBox(name: role == .store ? "C2PA" : name, range: start..<end, role: role))
      case 0x2C:
        guard let flags = bytes.integer(at: position + 9, bytes: 1) else { return nil }
        let data = position + 10 + colors(flags)
        guard let end = endOfBlocks(bytes, from: data + 1) else { return nil }
        boxes.append(AssetBox(name: "2C", range: start..<data, role: .other))
        boxes.append(AssetBox(name: "TBID", range: data..<end, role: .other))
        position = end
      default: return nil
      }
    }
    return nil
  }

  /// The bytes of a colour table.
  private static func colors(_ flags: Int) -> Int { flags & 0x80 == 0 ? 0 : 3 << ((flags & 7) + 1) }

  /// Behind the empty block that ends a sequence of blocks.
  private static func endOfBlocks(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var position = start
    while let count = bytes.integer(at: position, bytes: 1) {
      position += 1 + count
      if count == 0 { return position }
      if position > bytes.count { return nil }
    }
    return nil
  }
}
