/// What readers ask of an item: its properties and its data.
extension HEIFMetadata {
  /// Calls `body` with each property of an item, in the order in which they apply, until it returns true.
  private func first(
    of item: Int, where body: (ISOBoxes.Box) -> Bool
  ) -> ISOBoxes.Box? {
    guard let properties, let list = associations[item] else { return nil }
    for entry in list where properties.indices.contains(entry.index - 1) {
      if body(properties[entry.index - 1]) { return properties[entry.index - 1] }
    }
    return nil
  }

  /// The properties of an item, in the order in which they apply.
  func properties(of item: Int) -> [ISOBoxes.Box] {
    var all: [ISOBoxes.Box] = []
    _ = first(of: item) {
      all.append($0); return false
    }
    return all
  }

  func property(_ type: String, of item: Int) -> UnsafeRawBufferPointer? {
    first(of: item) { $0.type == type }?.bytes
  }

  func hasProperty(of item: Int, in types: Set<String>) -> Bool {
    first(of: item) { types.contains($0.type) } != nil
  }

  /// Throws for a property of an item that is missing, or that must be understood and is not.
  func checkProperties(of item: Int) throws(ImageError) {
    for entry in associations[item] ?? [] where entry.index > 0 {
      guard let properties, entry.index <= properties.count else {
        throw Self.corrupt("property \(entry.index) of item \(item) does not exist")
      }
      let type = properties[entry.index - 1].type
      guard !entry.isEssential || Self.understood.contains(type) else {
        throw .unsupportedVariant(format: .heif, detail: "the essential property \(type) of item \(item)")
      }
    }
  }

  /// Those that are applied, and those that say nothing of the pixels.
  private static let understood: Set<String> = [
    "hvcC", "ispe", "pixi", "colr", "irot", "imir", "clap", "auxC", "lsel", "pasp", "clli", "mdcv", "cclv",
    "amve", "ndwt", "udes", "rloc", "a1lx", "altt",
  ]

  /// The number of pieces of an item's data.
  func pieceCount(of item: Int) -> Int { locations[item]?.extents.count ?? 0 }

  /// Throws where an item's data lie beyond the end. Data inside other items are not looked at.
  func checkData(of item: Int) throws(ImageError) {
    guard let location = locations[item], location.method < 2, !location.extents.isEmpty else { return }
    _ = try data(of: item)
  }

  /// The pieces of an item's data.
  func data(of item: Int) throws(ImageError) -> [UnsafeRawBufferPointer] {
    guard let location = locations[item], !location.extents.isEmpty else {
      throw Self.corrupt("item \(item) has no data")
    }
    guard location.method < 2 else {
      throw .unsupportedVariant(format: .heif, detail: "item data inside another item")
    }
    let source = location.method == 1 ? itemData : bytes
    var pieces: [UnsafeRawBufferPointer] = []
    // Extents may overlap, but joined they are not longer than what they are cut from: a small file could ask for
    // any amount of memory else.
    var rest = source.count
    for extent in location.extents {
      // Nothing at all where the length is zero, as in libheif; the format's text has the whole file then.
      let length = extent.length
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
