#if HEIC
  /// What the `meta` box of a HEIF file says of its items.
  struct HEIFMetadata {
    /// An item's data: pieces of the file or of the `idat` box.
    struct Location {
      var usesItemData = false
      var extents: [(offset: Int, length: Int)] = []
    }

    private let bytes: UnsafeRawBufferPointer
    private(set) var primaryItem: Int?
    private(set) var types: [Int: String] = [:]
    /// The items that an item is made of.
    private(set) var derivations: [Int: [Int]] = [:]
    /// The items that are auxiliary to another, with which.
    private(set) var auxiliaries: [Int: Int] = [:]
    /// The items that describe another, with which.
    private(set) var descriptions: [Int: Int] = [:]
    private var locations: [Int: Location] = [:]
    private var properties: [ISOBoxes.Box] = []
    private var associations: [Int: [Int]] = [:]
    private var hasPictures = false
    private var itemData = UnsafeRawBufferPointer(start: nil, count: 0)

    /// More items than this in a file are refused: a grid has 65,536 tiles at the most.
    private static let mostItems = 70_000

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
      "heic", "heix", "hevc", "hevx", "mif1", "msf1", "avif", "1pic", "jpeg", "isom", "mp41", "mp42",
    ]

    static func corrupt(_ detail: String) -> ImageError { .corrupt(format: .heif, detail: detail) }
    static let cut = ImageError.truncated(format: .heif, detail: "a box is incomplete")

    private mutating func read(_ box: ISOBoxes.Box) throws(ImageError) {
      var reader = ByteReader(box.bytes)
      switch box.type {
      case "pitm":
        guard let version = reader.readVersion(), let item = reader.readUInt(version == 0 ? 2 : 4) else {
          throw Self.cut
        }
        primaryItem = item
      case "hdlr":
        hasPictures =
          reader.readVersion() == 0 && reader.read(4) != nil && reader.read(4)?.starts(with: "pict") == true
      case "iinf": try readItems(&reader)
      case "iloc": try readLocations(&reader)
      case "iref": try readReferences(&reader)
      case "iprp": try readProperties(box.bytes)
      case "idat": itemData = box.bytes
      default: break
      }
    }

    private mutating func readItems(_ reader: inout ByteReader) throws(ImageError) {
      guard let version = reader.readVersion(), reader.readUInt(version == 0 ? 2 : 4) != nil else {
        throw Self.cut
      }
      var boxes = ISOBoxes(reader.bytes.suffix(from: reader.position))
      while let box = boxes.next() {
        guard box.type == "infe" else { continue }
        var entry = ByteReader(box.bytes)
        guard let version = entry.readVersion(), version >= 2 else { continue }
        guard let item = entry.readUInt(version == 2 ? 2 : 4), entry.read(2) != nil, let type = entry.read(4)
        else { throw Self.cut }
        types[item] = String(decoding: type, as: UTF8.self)
        try check(types.count)
      }
    }

    private func check(_ count: Int) throws(ImageError) {
      guard count <= Self.mostItems else { throw Self.corrupt("more than \(Self.mostItems) items") }
    }

    private mutating func readLocations(_ reader: inout ByteReader) throws(ImageError) {
      guard let version = reader.readVersion(), let sizes = reader.readUInt(2),
        let count = reader.readUInt(version < 2 ? 2 : 4)
      else { throw Self.cut }
      let (offsetBytes, lengthBytes) = (sizes >> 12, sizes >> 8 & 15)
      let (baseBytes, indexBytes) = (sizes >> 4 & 15, version > 0 ? sizes & 15 : 0)
      var total = 0
      for _ in 0..<count {
        guard let item = reader.readUInt(version < 2 ? 2 : 4) else { throw Self.cut }
        var location = Location()
        if version > 0 {
          guard let method = reader.readUInt(2) else { throw Self.cut }
          guard method & 15 <= 1 else {
            throw .unsupportedVariant(format: .heif, detail: "item data inside another item")
          }
          location.usesItemData = method & 15 == 1
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
      guard let version = reader.readVersion() else { throw Self.cut }
      let itemBytes = version == 0 ? 2 : 4
      var boxes = ISOBoxes(reader.bytes.suffix(from: reader.position))
      var total = 0
      while let box = boxes.next() {
        var entry = ByteReader(box.bytes)
        guard let from = entry.readUInt(itemBytes), let count = entry.readUInt(2) else { throw Self.cut }
        total += count
        try check(total)
        for _ in 0..<count {
          guard let to = entry.readUInt(itemBytes) else { throw Self.cut }
          if box.type == "dimg" { derivations[from, default: []].append(to) }
          if box.type == "auxl" { auxiliaries[from] = to }
          if box.type == "cdsc" { descriptions[from] = to }
        }
      }
    }

    private mutating func readProperties(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
      var boxes = ISOBoxes(bytes)
      while let box = boxes.next() {
        if box.type == "ipco" {
          properties = Array(ISOBoxes(box.bytes).prefix(Self.mostItems))
        } else if box.type == "ipma" {
          try readAssociations(box.bytes)
        }
      }
    }

    private mutating func readAssociations(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
      var reader = ByteReader(bytes)
      guard let version = reader.readUInt8(), let flags = reader.readUInt(3), let count = reader.readUInt32()
      else {
        throw Self.cut
      }
      for _ in 0..<count {
        guard let item = reader.readUInt(version < 1 ? 2 : 4), let number = reader.readUInt8() else {
          throw Self.cut
        }
        for _ in 0..<number {
          guard let index = reader.readUInt(flags & 1 == 0 ? 1 : 2) else { throw Self.cut }
          associations[item, default: []].append(index & (flags & 1 == 0 ? 0x7F : 0x7FFF))
        }
        try check(associations.count)
      }
    }

    /// The properties of an item, in the order in which they apply.
    func properties(of item: Int) -> [ISOBoxes.Box] {
      (associations[item] ?? []).compactMap { properties.indices.contains($0 - 1) ? properties[$0 - 1] : nil }
    }

    func property(_ type: String, of item: Int) -> UnsafeRawBufferPointer? {
      properties(of: item).first { $0.type == type }?.bytes
    }

    /// The pieces of an item's data.
    func data(of item: Int) throws(ImageError) -> [UnsafeRawBufferPointer] {
      guard let location = locations[item], !location.extents.isEmpty else {
        throw Self.corrupt("item \(item) has no data")
      }
      let source = location.usesItemData ? itemData : bytes
      var pieces: [UnsafeRawBufferPointer] = []
      // Extents may overlap, but joined they are not longer than what they are cut from: a small file could ask for
      // any amount of memory else.
      var rest = source.count
      for extent in location.extents {
        // A length of zero means all that follows.
        let length = extent.length == 0 ? Swift.max(0, source.count - extent.offset) : extent.length
        guard extent.offset <= source.count, length <= source.count - extent.offset else {
          throw ImageError.truncated(format: .heif, detail: "the data of item \(item) lies beyond the end")
        }
        rest -= length
        guard rest >= 0 else { throw Self.corrupt("the data of item \(item) is longer than the file") }
        pieces.append(UnsafeRawBufferPointer(rebasing: source[extent.offset..<extent.offset + length]))
      }
      return pieces
    }
  }

  extension ByteReader {
    /// The version of a full box; its flags are skipped.
    fileprivate mutating func readVersion() -> Int? { readUInt(4).map { $0 >> 24 } }
  }
#endif
