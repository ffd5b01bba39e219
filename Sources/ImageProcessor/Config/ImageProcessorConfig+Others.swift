import JSONText

extension ImageProcessorType {
  /// Those of EfficientNet, LeViT, MobileViT and PoolFormer.
  var otherDefaults: ImageProcessorConfig {
    let edge = ImageSize.shortestEdge(224, longestEdge: nil)
    var config = ImageProcessorConfig(
      size: edge, resample: .bicubic, doCenterCrop: true, cropSize: .exact(height: 224, width: 224),
      imageMean: Self.imageNetMean, imageStd: Self.imageNetDeviation, type: self)
    switch self {
    case .efficientnet:
      config = ImageProcessorConfig(
        size: .exact(height: 346, width: 346), resample: .bicubic, cropSize: .exact(height: 289, width: 289),
        type: self)
      config.dividesAgain = true
    case .mobilevit:
      config = ImageProcessorConfig(
        size: edge, resample: .bicubic, doCenterCrop: true, cropSize: .exact(height: 256, width: 256),
        doNormalize: false, type: self)
      config.flipsChannels = true
    default:
      config.cropShare = self == .poolformer ? 0.9 : nil
      config.namedSize = edge
      config.size = resized(edge, share: config.cropShare) ?? edge
    }
    return config
  }

  /// What LeViT and PoolFormer resize to where a file names a size; `nil` where they cannot.
  ///
  /// - Parameter share: PoolFormer's `crop_pct`; without one it resizes as the others do.
  func resized(_ named: ImageSize, share: Double?) -> ImageSize? {
    func side(_ value: Double) -> Int? { value.isFinite && abs(value) < Double(1 << 31) ? Int(value) : nil }
    switch (self, named) {
    case (.levit, .shortestEdge(let edge, _)) where edge != 0:
      return side((256.0 / 224) * Double(edge)).map { .shortestEdge($0, longestEdge: nil) }
    case (.levit, .exact(let height, let width)) where height != 0 && width != 0: return named
    case (.levit, _): return nil
    case (.poolformer, .shortestEdge(let edge, _)):
      guard let share else { return named }
      return edge == 0 ? nil : side(Double(edge) / share).map { .shortestEdge($0, longestEdge: nil) }
    case (.poolformer, .exact(let height, let width)):
      guard let share else { return named }
      guard height != 0, width != 0, let high = side(Double(height) / share),
        let wide = side(Double(width) / share)
      else { return nil }
      return height == width ? .shortestEdge(high, longestEdge: nil) : .exact(height: high, width: wide)
    case (.poolformer, _): return share == nil ? named : nil
    default: return named
    }
  }
}

extension ImageProcessorConfig {
  /// Reads the flags of EfficientNet and MobileViT.
  mutating func readFlags(
    _ fields: Fields, _ type: ImageProcessorType
  ) throws(ImageProcessorConfigError) {
    switch type {
    case .efficientnet:
      subtractsOne = try fields.value("rescale_offset", .pythonTruth) ?? subtractsOne
      dividesAgain = try fields.value("include_top", .pythonTruth) ?? dividesAgain
      // Only what was rescaled has an offset.
      subtractsOne = subtractsOne && doRescale
      if dividesAgain, !doRescale, !doNormalize {
        // torchvision divides no integers.
        refusals.append(
          .init(backend: .torchvision, error: .unsupported(key: "include_top", value: "true of levels")))
      }
    case .mobilevit:
      flipsChannels = try fields.value("do_flip_channel_order", .pythonTruth) ?? flipsChannels
      // It is asked for what it would need, and never does it.
      for key in ["image_mean", "image_std"] where doNormalize && fields[key] == .null {
        throw .missing(key: key, neededBy: "do_normalize")
      }
      doNormalize = false
    default: break
    }
  }

  /// LeViT's and PoolFormer's resizing as one of the others.
  mutating func readNamedSize(
    _ fields: Fields, _ type: ImageProcessorType
  ) throws(ImageProcessorConfigError) {
    guard type == .levit || type == .poolformer else { return }
    namedSize = nil
    if type == .poolformer {
      cropShare =
        fields["crop_pct"] == .null ? nil : try fields.value("crop_pct", .pythonNumber) ?? cropShare
    }
    guard doResize else {
      cropShare = nil
      return
    }
    guard let resized = type.resized(size, share: cropShare) else {
      throw .unsupported(
        key: "size",
        value: "\(size)" + (cropShare.map { " with crop_pct \($0)" } ?? "") + " in \(type.rawValue)")
    }
    namedSize = size
    size = resized
  }

  /// What a file of the configuration's own type has besides what all have, and with what size; `nil` where that type cannot do
  /// what the configuration says, because it was changed after it was read.
  var ownMembers: (size: ImageSize, members: [(String, JSONValue)])? {
    let isPlain = !subtractsOne && !dividesAgain && !flipsChannels
    switch type {
    case .efficientnet:
      guard !flipsChannels else { return nil }
      return (size, [("rescale_offset", .bool(subtractsOne)), ("include_top", .bool(dividesAgain))])
    case .mobilevit:
      guard !doNormalize, !subtractsOne, !dividesAgain else { return nil }
      return (size, [("do_flip_channel_order", .bool(flipsChannels))])
    case .levit, .poolformer:
      guard isPlain else { return nil }
      let share: [(String, JSONValue)] =
        type == .poolformer && doResize ? [("crop_pct", cropShare.map { .number($0) } ?? .null)] : []
      guard doResize else { return (size, share) }
      guard let namedSize, type.resized(namedSize, share: cropShare) == size else { return nil }
      return (namedSize, share)
    default: return isPlain ? (size, []) : nil
    }
  }

  /// The type that a configuration is saved as which its own cannot say.
  var typeOfLastResort: ImageProcessorType {
    flipsChannels ? .mobilevit : subtractsOne || dividesAgain ? .efficientnet : .vit
  }
}
