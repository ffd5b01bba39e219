/// What the `meta` box of a HEIF file says of its items.
struct HEIFMetadata {
  /// An item's data: pieces of the file or of the `idat` box.
  struct Location {
    /// 0: the file, 1: the `idat` box, 2: another item.
    var method = 0
    var extents: [(offset: Int, length: Int)] = []
  }

  /// A box of the item references box.
  struct Reference {
    let type: String
    let from: Int
    let to: [Int]
  }

  /// A property that an item has, by its place in the file's list, from 1.
  struct Association {
    let index: Int
    let isEssential: Bool
  }

  let bytes: UnsafeRawBufferPointer
  private(set) var primaryItem: Int?
  private(set) var types: [Int: String] = [:]
  /// What an item of the type `mime` is of.
  private(set) var contentTypes: [Int: String] = [:]
  /// The items that an item is made of: what the first reference says, as in libheif.
  private(set) var derivations: [Int: [Int]] = [:]
  /// All references but those to what an item is made of.
  private(set) var references: [Reference] = []
  private(set) var locations: [Int: Location] = [:]
  private(set) var properties: [ISOBoxes.Box]?
  private(set) var associations: [Int: [Association]] = [:]
  private var associationCount = 0
  private var hasPictures = false
  private(set) var itemData = UnsafeRawBufferPointer(start: nil, count: 0)

  /// More items than this in a file are refused: a grid has 65,536 tiles at the most.
  private static let mostItems = 70_000
  /// The most properties that all items together may have.
  static let mostAssociations = 1_000_000

  init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
    self.bytes = bytes
    var boxes = ISOBoxes(bytes)
    var meta: UnsafeRawBufferPointer?
    while let box = boxes.next() {
      if box.type == "meta", meta == nil { meta = box.bytes }
      if box.type == "ftyp", !Self.isKnown(box.bytes) {
        throw .unsupportedVariant(format: .heif, detail: "none of its compatible brands is known")
      }
    }
    guard let meta else {
      throw boxes.isTruncated ? Self.cut : Self.corrupt("there is no meta box")
    }
    guard meta.count >= 4 else { throw Self.cut }
    try limits.check(metadataBytes: meta.count)
    var children = ISOBoxes(meta.suffix(from: 4))
    while let box = children.next() { try read(box) }
    if children.isTruncated { throw Self.cut }
    guard hasPictures else { throw Self.corrupt("its meta box is not of pictures") }
  }

  /// Whether one of a file's compatible brands is one that libheif takes.
  private static func isKnown(_ fileType: UnsafeRawBufferPointer) -> Bool {
    stride(from: 8, to: fileType.count - 3, by: 4).contains { offset in
      brands.contains(String(decoding: fileType[offset..<offset + 4], as: UTF8.self))
    }
  }

  private static let brands: Set<String> = [
    "heic", "heix", "mif1", "msf1", "avif", "1pic", "jpeg", "isom", "mp41", "mp42",
  ]

  static func corrupt(_ detail: String) -> ImageError { .corrupt(format: .heif, detail: detail) }
  static let cut = ImageError.truncated(format: .heif, detail: "a box is incomplete")

  private mutating func read(_ box: ISOBoxes.Box) throws(ImageError) {
    var reader = ByteReader(box.bytes)
    switch box.type {
    case "pitm":
      let version = try reader.readVersion(of: box.type, upTo: 1)
      guard let item = reader.readUInt(version == 0 ? 2 : 4) else { throw Self.cut }
      primaryItem = item
    case "hdlr":
      hasPictures =
        reader.readUInt(4).map { $0 >> 24 } == 0 && reader.read(4) != nil
        && reader.read(4)?.starts(with: "pict") == true
    case "iinf": try readItems(&reader)
    case "iloc": try readLocations(&reader)
    case "iref": try readReferences(&reader)
    case "iprp": if properties == nil { try readProperties(box.bytes) }
    case "idat": itemData = box.bytes
    default: break
    }
  }

  private mutating func readItems(_ reader: inout ByteReader) throws(ImageError) {
    let version = try reader.readVersion(of: "iinf", upTo: .max)
    guard let count = reader.readUInt(version == 0 ? 2 : 4) else { throw Self.cut }
    var boxes = ISOBoxes(reader.bytes.suffix(from: reader.position))
    for _ in 0..<count {
      guard let box = boxes.next() else {
        throw Self.corrupt("there are fewer items than the \(count) that the file says")
      }
      guard box.type == "infe" else { continue }
      var entry = ByteReader(box.bytes)
      let version = try entry.readVersion(of: "infe", upTo: 3)
      guard version >= 2 else { continue }
      guard let item = entry.readUInt(version == 2 ? 2 : 4), entry.read(2) != nil, let type = entry.read(4)
      else { throw Self.cut }
      types[item] = String(decoding: type, as: UTF8.self)
      if type.starts(with: "mime") {
        // Behind its name.
        let strings = entry.bytes.suffix(from: entry.position)
        if let name = strings.firstIndex(ofZeroFrom: 0) {
          let text = strings.dropFirst(name + 1).prefix(256).prefix { $0 != 0 }
          contentTypes[item] = String(decoding: text, as: UTF8.self)
        }
      }
      try check(types.count)
    }
  }

  private func check(_ count: Int) throws(ImageError) {
    guard count <= Self.mostItems else { throw Self.corrupt("more than \(Self.mostItems) items") }
  }

  private mutating func readLocations(_ reader: inout ByteReader) throws(ImageError) {
    let version = try reader.readVersion(of: "iloc", upTo: 2)
    guard let sizes = reader.readUInt(2), let count = reader.readUInt(version < 2 ? 2 : 4) else {
      throw Self.cut
    }
    let (offsetBytes, lengthBytes) = (sizes >> 12, sizes >> 8 & 15)
    let (baseBytes, indexBytes) = (sizes >> 4 & 15, version > 0 ? sizes & 15 : 0)
    for size in [offsetBytes, lengthBytes, baseBytes, indexBytes] where ![0, 4, 8].contains(size) {
      throw Self.corrupt("places of items in \(size) bytes")
    }
    var total = 0
    for _ in 0..<count {
      guard let item = reader.readUInt(version < 2 ? 2 : 4) else { throw Self.cut }
      var location = Location()
      if version > 0 {
        guard let method = reader.readUInt(2) else { throw Self.cut }
        location.method = method & 15
      }
      guard reader.read(2) != nil, let base = reader.readUInt(baseBytes), let extents = reader.readUInt(2)
      else {
        throw Self.cut
      }
      total += extents
      try check(total)
      for _ in 0..<extents {
        guard reader.read(indexBytes) != nil, let offset = reader.readUInt(offsetBytes),
          let length = reader.readUInt(lengthBytes)
        else { throw Self.cut }
        let (start, overflow) = base.addingReportingOverflow(offset)
        guard !overflow else { throw Self.corrupt("an item lies outside the file") }
        location.extents.append((start, length))
      }
      locations[item] = location
      try check(locations.count)
    }
  }

  private mutating func readReferences(_ reader: inout ByteReader) throws(ImageError) {
    let version = try reader.readVersion(of: "iref", upTo: 1)
    let itemBytes = version == 0 ? 2 : 4
    var boxes = ISOBoxes(reader.bytes.suffix(from: reader.position))
    var total = 0
    while let box = boxes.next() {
      var entry = ByteReader(box.bytes)
      guard let from = entry.readUInt(itemBytes), let count = entry.readUInt(2) else { throw Self.cut }
      guard count > 0, entry.remaining == count * itemBytes else {
        throw Self.corrupt("the references of item \(from) are not \(count)")
      }
      total += count
      try check(total)
      var to: [Int] = []
      for _ in 0..<count {
        guard let item = entry.readUInt(itemBytes) else { throw Self.cut }
        to.append(item)
      }
      if box.type != "dimg" {
        references.append(Reference(type: box.type, from: from, to: to))
      } else if derivations[from] == nil {
        derivations[from] = to
      }
    }
  }

  private mutating func readProperties(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
    var boxes = ISOBoxes(bytes)
    while let box = boxes.next() {
      if box.type == "ipco" {
        if properties == nil { properties = Array(ISOBoxes(box.bytes).prefix(Self.mostItems)) }
      } else if box.type == "ipma" {
        try readAssociations(box.bytes)
      }
    }
    properties = properties ?? []
  }

  private mutating func readAssociations(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
    var reader = ByteReader(bytes)
    let flags = bytes.integer(at: 1, bytes: 3) ?? 0
    let version = try reader.readVersion(of: "ipma", upTo: 1)
    guard let count = reader.readUInt32() else { throw Self.cut }
    let isWide = flags & 1 == 1
    for _ in 0..<count {
      guard let item = reader.readUInt(version < 1 ? 2 : 4), let number = reader.readUInt8() else {
        throw Self.cut
      }
      associationCount += number
      guard associationCount <= Self.mostAssociations else {
        throw Self.corrupt("more than \(Self.mostAssociations) properties of items")
      }
      var list: [Association] = []
      for _ in 0..<number {
        guard let value = reader.readUInt(isWide ? 2 : 1) else { throw Self.cut }
        let mark = isWide ? 0x8000 : 0x80
        list.append(Association(index: value & (mark - 1), isEssential: value & mark != 0))
      }
      // Of two lists for one item libheif takes the first.
      if associations[item] == nil { associations[item] = list }
      try check(associations.count)
    }
  }
}

extension ByteReader {
  /// The version of a full box; its flags are skipped. Later versions have other fields.
  mutating func readVersion(of type: String, upTo most: Int) throws(ImageError) -> Int {
    guard let version = readUInt(4).map({ $0 >> 24 }) else { throw HEIFMetadata.cut }
    guard version <= most else {
      throw .unsupportedVariant(format: .heif, detail: "version \(version) of the box \(type)")
    }
    return version
  }
}
