import JSONText

extension ImageProcessorConfig {
  /// The object that a `preprocessor_config.json` has for this configuration, under the name of its `type`. It says
  /// everything, so that no default of that type matters.
  ///
  /// What ConvNeXt's or SigLIP 2's image processor cannot do, because it was changed after it was read, is under the name
  /// of ViT's.
  public var json: JSONValue {
    var (written, share) = (self, Double?.none)
    if type == .timm {
      if let transforms = TIMMTransforms(self) { return transforms.json }
      written.type = .vit
    }
    if type == .convnext, doResize {
      if let found = convNextSize {
        written.size = .shortestEdge(found.edge, longestEdge: nil)
        share = found.share
        if share != nil { (written.doCenterCrop, written.cropSize) = (false, nil) }
      } else {
        written.type = .vit
      }
    }
    // A size in patches is SigLIP 2's, and it has no other.
    if case .patches = size { written.type = .siglip2 } else if type == .siglip2 { written.type = .vit }
    if written.ownMembers == nil { written.type = written.typeOfLastResort }
    return written.json(cropShare: share)
  }

  private func json(cropShare: Double?) -> JSONValue {
    let own = ownMembers ?? (size, [])
    var members: [(String, JSONValue)] = [
      ("image_processor_type", .string(type.rawValue)),
      ("do_convert_rgb", .bool(doConvertRGB)), ("do_resize", .bool(doResize)), ("size", own.size.json),
      ("resample", .integer(resample.rawValue)), ("do_center_crop", .bool(doCenterCrop)),
      ("do_rescale", .bool(doRescale)), ("rescale_factor", .number(rescaleFactor)),
      ("do_normalize", .bool(doNormalize)), ("image_mean", .array(imageMean.map { .number($0) })),
      ("image_std", .array(imageStd.map { .number($0) })),
    ]
    if case .patches(let patch, let most) = size {
      members.removeAll { ["size", "do_center_crop"].contains($0.0) }
      members += [("patch_size", .integer(patch)), ("max_num_patches", .integer(most))]
    }
    if let cropSize { members.append(("crop_size", cropSize.json)) }
    if let cropShare { members.append(("crop_pct", .number(cropShare))) }
    members += own.members
    return .object(JSONObject(members: members.map { JSONObject.Member(key: $0, value: $1) }))
  }

  /// The size by which ConvNeXt's image processor resizes to `size` and crops to `cropSize`: its `shortest_edge`, and its
  /// `crop_pct` where it crops. Nil where there is none.
  private var convNextSize: (edge: Int, share: Double?)? {
    switch (size, doCenterCrop, cropSize) {
    case (.exact(let edge, let width), _, _) where edge == width && edge >= 384: return (edge, nil)
    case (.shortestEdge(let resized, nil), true, .exact(let edge, let width)?)
    where edge == width && (1..<384).contains(edge):
      // Where the share is not the one that was read, one whose quotient is not near another integer.
      for share in [cropShare ?? 1, Double(edge) / (Double(resized) + 0.5)]
      where share > 0 && Double(edge) / share < Double(1 << 31) && Int(Double(edge) / share) == resized {
        return (edge, share)
      }
      return nil
    default: return nil
    }
  }
}

extension ImageSize {
  /// The object that stands for this size.
  fileprivate var json: JSONValue {
    let sides: [(String, Int)] =
      switch self {
      case .exact(let height, let width): [("height", height), ("width", width)]
      case .shortestEdge(let edge, nil): [("shortest_edge", edge)]
      case .shortestEdge(let edge, let longest?): [("shortest_edge", edge), ("longest_edge", longest)]
      case .fitting(let height, let width): [("max_height", height), ("max_width", width)]
      case .longestEdge(let edge): [("longest_edge", edge)]
      case .pixelRange(let least, let most): [("min_pixels", least), ("max_pixels", most)]
      case .patches: []
      }
    return .object(JSONObject(members: sides.map { JSONObject.Member(key: $0, value: .integer($1)) }))
  }
}
