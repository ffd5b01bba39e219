#if AVIF
  /// The items of an AVIF file's `meta` box, as far as `AVIFStructure` asks for them.
  struct AVIFItems {
    private(set) var primary: Int?
    /// The items that libavif looks at to find those that the boxes name: it searches a list for each.
    private(set) var steps = 0
    /// The entries that libavif keeps: items, their extents, properties, associations and references.
    private(set) var entries = 0
    /// In the order in which the boxes first name them, in which libavif keeps them.
    private var order: [Int] = []
    private var places: [Int: Int] = [:]
    private var grids: Set<Int> = []
    private var withData: Set<Int> = []
    private var thumbnails: Set<Int> = []
    private var premultiplied: Set<Int> = []
    private var auxiliaries: [Int: Int] = [:]
    private var derivations: [Int: [Int]] = [:]
    /// Those with more than one list of what they are made of.
    private var derivedTwice: Set<Int> = []
    private var properties: [ISOBoxes.Box] = []
    private var associations: [Int: [(index: Int, isEssential: Bool)]] = [:]
    /// The items that are the alpha of another, by that.
    private var alphas: [Int: [Int]] = [:]

    private static let mostSteps = 1 << 27
    private static let mostEntries = 1 << 20

    /// Whether a file asks for work or memory out of proportion: a small one can ask for minutes and gigabytes.
    static func isExcessive(steps: Int, entries: Int) -> Bool { steps > mostSteps || entries > mostEntries }

    private var isExcessive: Bool { Self.isExcessive(steps: steps, entries: entries) }

    /// - Parameter meta: The content of the box. It is read until it is excessive.
    init(_ meta: UnsafeRawBufferPointer) {
      for box in ISOBoxes(meta.suffix(from: 4)) {
        var reader = ByteReader(box.bytes)
        switch box.type {
        case "pitm":
          if let version = reader.readUInt(4) { primary = reader.readUInt(version >> 24 == 0 ? 2 : 4) }
        case "iloc": readLocations(&reader)
        case "iinf": readEntries(&reader)
        case "iref": readReferences(&reader)
        case "iprp": readProperties(box.bytes)
        default: break
        }
      }
      for item in order {
        if let target = auxiliaries[item], isAlpha(item) { alphas[target, default: []].append(item) }
      }
    }

    private mutating func note(_ item: Int) {
      entries += 1
      steps += places[item] ?? order.count
      guard places[item] == nil else { return }
      places[item] = order.count
      order.append(item)
    }

    private mutating func readLocations(_ reader: inout ByteReader) {
      guard let version = reader.readUInt(4).map({ $0 >> 24 }), let sizes = reader.readUInt(2),
        let count = reader.readUInt(version < 2 ? 2 : 4)
      else { return }
      let (offsetBytes, lengthBytes, baseBytes) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15)
      let indexBytes = version > 0 ? sizes & 15 : 0
      for _ in 0..<count {
        guard let item = reader.readUInt(version < 2 ? 2 : 4),
          reader.read((version > 0 ? 2 : 0) + 2 + baseBytes) != nil, let extents = reader.readUInt(2)
        else { return }
        note(item)
        entries += extents
        if isExcessive { return }
        for _ in 0..<extents {
          guard reader.read(indexBytes + offsetBytes) != nil, let length = reader.readUInt(lengthBytes) else {
            return
          }
          if length > 0 { withData.insert(item) }
        }
      }
    }

    private mutating func readEntries(_ reader: inout ByteReader) {
      guard let version = reader.readUInt(4), reader.read(version >> 24 == 0 ? 2 : 4) != nil else { return }
      for box in ISOBoxes(reader.bytes.suffix(from: reader.position)) where box.type == "infe" {
        var entry = ByteReader(box.bytes)
        guard let version = entry.readUInt(4).map({ $0 >> 24 }), version >= 2,
          let item = entry.readUInt(version == 2 ? 2 : 4), entry.read(2) != nil, let type = entry.read(4)
        else { continue }
        note(item)
        if isExcessive { return }
        if type.starts(with: "grid") { grids.insert(item) }
      }
    }

    private mutating func readReferences(_ reader: inout ByteReader) {
      guard let version = reader.readUInt(4) else { return }
      let itemBytes = version >> 24 == 0 ? 2 : 4
      for box in ISOBoxes(reader.bytes.suffix(from: reader.position)) {
        var entry = ByteReader(box.bytes)
        guard let from = entry.readUInt(itemBytes), let count = entry.readUInt(2) else { return }
        note(from)
        entries += count
        if isExcessive { return }
        if box.type == "dimg", derivations[from] != nil { derivedTwice.insert(from) }
        for _ in 0..<count {
          guard let to = entry.readUInt(itemBytes) else { return }
          switch box.type {
          case "auxl": auxiliaries[from] = to
          case "thmb": thumbnails.insert(from)
          case "prem": premultiplied.insert(from)
          case "dimg":
            note(to)
            if isExcessive { return }
            derivations[from, default: []].append(to)
          default: break
          }
        }
      }
    }

    private mutating func readProperties(_ bytes: UnsafeRawBufferPointer) {
      for box in ISOBoxes(bytes) {
        if box.type == "ipco" {
          properties = Array(ISOBoxes(box.bytes).prefix(Self.mostEntries + 1))
          entries += properties.count
        }
        guard box.type == "ipma" else { continue }
        var reader = ByteReader(box.bytes)
        guard let head = reader.readUInt(4), let count = reader.readUInt32() else { continue }
        let (itemBytes, indexBytes) = (head >> 24 < 1 ? 2 : 4, head & 1 == 0 ? 1 : 2)
        for _ in 0..<count {
          guard let item = reader.readUInt(itemBytes), let number = reader.readUInt8() else { break }
          note(item)
          entries += number
          if isExcessive { return }
          for _ in 0..<number {
            guard let entry = reader.readUInt(indexBytes) else { break }
            let flag = 0x80 << (8 * (indexBytes - 1))
            associations[item, default: []].append((entry & (flag - 1), entry & flag != 0))
          }
        }
      }
    }

    private func properties(of item: Int) -> [(box: ISOBoxes.Box, isEssential: Bool)] {
      (associations[item] ?? []).compactMap { entry in
        properties.indices.contains(entry.index - 1) ? (properties[entry.index - 1], entry.isEssential) : nil
      }
    }

    /// Essential properties of other types make libavif pass an item over.
    private static let known: Set<String> = [
      "ispe", "auxC", "colr", "av1C", "pasp", "clap", "irot", "imir", "pixi", "a1op", "lsel", "a1lx", "clli",
    ]

    private func isAlpha(_ item: Int) -> Bool {
      guard withData.contains(item) else { return false }
      let properties = properties(of: item)
      return properties.allSatisfy { !$0.isEssential || Self.known.contains($0.box.type) }
        && properties.first { $0.box.type == "auxC" }.map { Self.isAlpha(name: $0.box.bytes) } == true
    }

    /// The items that are the alpha of another, in their order.
    func alphas(of item: Int) -> [Int] { alphas[item] ?? [] }

    /// Whether the name in an `auxC` or `auxi` box is that of alpha.
    static func isAlpha(name bytes: UnsafeRawBufferPointer) -> Bool {
      let name = bytes.suffix(from: 4).prefix { $0 != 0 }
      return ["urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1"].contains {
        name.elementsEqual($0.utf8)
      }
    }

    func isThumbnail(_ item: Int) -> Bool { thumbnails.contains(item) }
    func isPremultiplied(_ item: Int) -> Bool { premultiplied.contains(item) }

    /// Whether it has content light levels as an essential property, which older versions do not know.
    func hasLightLevels(_ item: Int) -> Bool {
      properties(of: item).contains { $0.isEssential && $0.box.type == "clli" }
    }

    /// The items that a grid is made of, from the top left.
    func tiles(of item: Int) -> [Int] { grids.contains(item) ? derivations[item] ?? [] : [] }

    /// Whether libavif before 1.1.1, which takes tiles in the order of items, takes those of a grid in the right one.
    func hasTilesInOrder(_ item: Int) -> Bool {
      let items = tiles(of: item)
      return !derivedTwice.contains(item)
        && zip(items, items.dropFirst()).allSatisfy { (places[$0] ?? 0) < (places[$1] ?? 0) }
    }

    /// Its rotation, mirror and clean aperture, with their content.
    func transformations(of item: Int) -> Set<[UInt8]> {
      Set(
        properties(of: item).filter { ["irot", "imir", "clap"].contains($0.box.type) }
          .map { Array($0.box.type.utf8) + $0.box.bytes })
    }
  }
#endif
