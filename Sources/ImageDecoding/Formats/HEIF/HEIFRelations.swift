#if HEIC
  /// What the items of a file are to its primary item.
  struct HEIFRelations {
    /// The item that is the primary item's alpha.
    private(set) var alpha: Int?
    /// Whether the colours have been multiplied by the alpha.
    private(set) var isPremultiplied = false

    /// - Throws: Where libheif refuses what the references say, or the primary item is not an image of its own.
    init(_ metadata: HEIFMetadata, primary: Int) throws(ImageError) {
      for reference in metadata.references where metadata.types[reference.from] != nil {
        guard metadata.isImage(reference.from) else {
          if reference.type == "cdsc" { try metadata.checkTargets(of: reference, orItself: true) }
          continue
        }
        switch reference.type {
        case "thmb":
          try metadata.checkTargets(of: reference)
          guard reference.from != primary else { throw Self.notOfItsOwn("a thumbnail of") }
        case "auxl": try read(auxiliary: reference, metadata, primary: primary)
        case "prem": if reference.from == primary { isPremultiplied = true }
        default: break
        }
      }
      // libheif reads what describes the images, whether it belongs to one or not.
      let descriptions = metadata.types.filter { $0.value == "Exif" || $0.value == "mime" }
      for item in descriptions.keys.sorted() { try metadata.checkData(of: item) }
    }

    // pillow_heif shows another image then.
    private static func notOfItsOwn(_ relation: String) -> ImageError {
      .unsupportedVariant(format: .heif, detail: "a primary item that is \(relation) another")
    }

    private mutating func read(
      auxiliary reference: HEIFMetadata.Reference, _ metadata: HEIFMetadata, primary: Int
    ) throws(ImageError) {
      guard let property = metadata.property("auxC", of: reference.from) else {
        throw HEIFMetadata.corrupt("item \(reference.from) is auxiliary to another without an auxC property")
      }
      var reader = ByteReader(property)
      _ = try reader.readVersion(of: "auxC", upTo: 0)
      try metadata.checkTargets(of: reference)
      guard reference.from != primary else { throw Self.notOfItsOwn("auxiliary to") }
      let text = property.dropFirst(4)
      guard let end = text.firstIndex(of: 0) else { return }
      let name = String(decoding: text[..<end], as: UTF8.self)
      guard Self.alphas.contains(name), reference.to.contains(primary) else { return }
      alpha = Swift.max(alpha ?? reference.from, reference.from)  // Of several the last.
    }

    private static let alphas: Set<String> = [
      "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1",
      "urn:mpeg:avc:2015:auxid:1",
    ]
  }

  extension HEIFMetadata {
    /// Whether libheif takes an item for an image; it ignores what others refer to.
    fileprivate func isImage(_ item: Int) -> Bool {
      types[item].map { Self.imageTypes.contains($0) } ?? false
    }

    private static let imageTypes: Set<String> = [
      "hvc1", "grid", "iden", "iovl", "av01", "vvc1", "avc1", "jpeg", "j2k1", "unci", "mski", "tili",
    ]

    fileprivate func checkTargets(
      of reference: Reference, orItself: Bool = false
    ) throws(ImageError) {
      for item in reference.to {
        guard orItself || item != reference.from else {
          throw Self.corrupt("item \(item) refers to itself as \(reference.type)")
        }
        guard types[item] != nil else {
          throw Self.corrupt("item \(reference.from) refers to item \(item), which does not exist")
        }
      }
    }
  }
#endif
