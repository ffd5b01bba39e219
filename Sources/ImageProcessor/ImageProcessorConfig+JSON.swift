import JSONText

extension ImageProcessorConfig {
  /// Reads the files of a model folder by the rules of transformers 5's `AutoImageProcessor`.
  ///
  /// - Parameters:
  ///   - processorConfig: `processor_config.json`, if there is one. Its object `image_processor` wins.
  ///   - preprocessorConfig: `preprocessor_config.json`, if there is one.
  ///   - modelConfig: `config.json`, if there is one; it says what processor is meant where the others
  ///     do not.
  /// - Throws: `ImageProcessorConfigError`, which names the key.
  public init(
    processorConfig: JSONValue?, preprocessorConfig: JSONValue?, modelConfig: JSONValue?
  ) throws(ImageProcessorConfigError) {
    var chosen = preprocessorConfig
    if case .object(let object)? = processorConfig, case .object? = object["image_processor"] {
      chosen = object["image_processor"]
    }
    guard let chosen else { throw .noProcessorType }
    let name = try Self.processorType(chosen, modelConfig: modelConfig)
    guard let type = ImageProcessorType(rawValue: name) else { throw .unknownProcessorType(name) }
    try self.init(json: chosen, type: type)
  }

  /// The class that `AutoImageProcessor` would load, without the names of its back ends.
  ///
  /// In this order: `image_processor_type`, `feature_extractor_type`, then `image_processor_type` and
  /// `model_type` of `config.json`. Each may have the name that ends in `FeatureExtractor`.
  static func processorType(
    _ config: JSONValue, modelConfig: JSONValue?
  ) throws(ImageProcessorConfigError) -> String {
    guard case .object(let object) = config else { throw .notAnObject(found: config.summary) }
    var name = try string("image_processor_type", in: object)
    if name == nil { name = try string("feature_extractor_type", in: object) }
    if name == nil, case .object(let model)? = modelConfig {
      name = try string("image_processor_type", in: model)
      if name == nil, let modelType = try string("model_type", in: model) {
        name = ImageProcessorType(modelType: modelType)?.rawValue
      }
    }
    // transformers 4 read the old names everywhere, 5 only reads them as `feature_extractor_type`.
    guard let name = name?.replacing("FeatureExtractor", with: "ImageProcessor") else {
      throw .noProcessorType
    }
    for suffix in ["Fast", "Pil"] where name.hasSuffix(suffix) { return String(name.dropLast(suffix.count)) }
    return name
  }

  /// Reads an image processor's own object.
  ///
  /// - Parameter type: Whose defaults apply; the object's own type is not looked at.
  ///
  /// An absent key has its default. A key that is null has not: null means false for the `do_` keys, and is
  /// an error for keys that an enabled step needs. A `resample` that is a string means bilinear, whatever it
  /// says, as in the PIL back end, and so does one with a point. Flags are true or false as in Python, where 1 and any
  /// text are true. Keys that are not known have no effect.
  public init(json: JSONValue, type: ImageProcessorType = .vit) throws(ImageProcessorConfigError) {
    guard case .object(let object) = json else { throw .notAnObject(found: json.summary) }
    self = type.defaults
    doResize = try Self.flag("do_resize", in: object, default: doResize)
    doRescale = try Self.flag("do_rescale", in: object, default: doRescale)
    doNormalize = try Self.flag("do_normalize", in: object, default: doNormalize)
    doCenterCrop = try Self.flag("do_center_crop", in: object, default: doCenterCrop)
    doConvertRGB = try Self.flag("do_convert_rgb", in: object, default: doConvertRGB)
    let toSquare = try Self.flag("default_to_square", in: object, default: type.defaultsToSquare)

    if let value = object["size"] {
      if let size = try ImageSize(json: value, key: "size", toSquare: toSquare) {
        self.size = size
      } else if doResize {
        throw .missing(key: "size", neededBy: "do_resize")
      }
    }
    if let value = object["crop_size"] {
      cropSize = try ImageSize(json: value, key: "crop_size", toSquare: true)
    }
    if doCenterCrop, cropSize == nil { throw .missing(key: "crop_size", neededBy: "do_center_crop") }
    try readResample(object)
    try readArithmetic(object)
    if type == .convnext { try readCropShare(object) }
    if let value = object["pad_size"] { _ = try ImageSize(json: value, key: "pad_size", toSquare: true) }
    // A documented divergence: the PIL back end of the reference pads.
    if try Self.flag("do_pad", in: object, default: false) {
      throw .unsupported(key: "do_pad", value: "true")
    }
  }

  private mutating func readResample(_ object: JSONObject) throws(ImageProcessorConfigError) {
    switch object["resample"] {
    case nil: break
    case .string?, .number?:
      // Whatever it says; the other back end reads names, and refuses a number with a point.
      resample = .bilinear
      if doResize, let value = object["resample"] {
        refusals.append(
          .init(backend: .torchvision, error: .unsupported(key: "resample", value: value.summary)))
      }
    case .null?:
      if doResize { throw .missing(key: "resample", neededBy: "do_resize") }
    case .integer(let number)?:
      // A documented divergence: Pillow 13 has filters 6 and 7 as well (Magic Kernel Sharp).
      guard let filter = ResampleFilter(rawValue: number) else {
        if doResize { throw .unsupported(key: "resample", value: "\(number)") }
        return
      }
      resample = filter
    case .some(let other):
      throw .wrongType(key: "resample", expected: "an integer from 0 to 5", found: other.summary)
    }
  }

  private mutating func readArithmetic(_ object: JSONObject) throws(ImageProcessorConfigError) {
    switch object["rescale_factor"] {
    case nil: break
    case .null?: if doRescale { throw .missing(key: "rescale_factor", neededBy: "do_rescale") }
    case .some(let value):
      guard let factor = Self.number(value) else {
        throw .wrongType(key: "rescale_factor", expected: "a number", found: value.summary)
      }
      rescaleFactor = factor
      if factor == 0, doRescale, doNormalize {
        refusals.append(.init(backend: .torchvision, error: .unsupported(key: "rescale_factor", value: "0")))
      }
    }
    imageMean = try channels("image_mean", in: object) ?? imageMean
    imageStd = try channels("image_std", in: object) ?? imageStd
  }

  /// ConvNeXt's resizing as one of the others: the short side and a crop, or exactly square.
  private mutating func readCropShare(_ object: JSONObject) throws(ImageProcessorConfigError) {
    guard doResize else { return }
    guard case .shortestEdge(let edge, _) = size, edge != 0 else {
      throw .unsupported(key: "size", value: "\(size), where ConvNextImageProcessor needs shortest_edge,")
    }
    // From here on it evaluates on the whole image.
    guard edge < 384 else {
      size = .exact(height: edge, width: edge)
      return
    }
    var share = 224.0 / 256
    if let value = object["crop_pct"] {
      guard let number = Self.number(value) else {
        throw .wrongType(key: "crop_pct", expected: "a number", found: value.summary)
      }
      share = number
    }
    let resized = Double(edge) / share
    guard resized.isFinite, abs(resized) < Double(1 << 31) else {
      throw .unsupported(key: "crop_pct", value: "\(share)")
    }
    if doCenterCrop {
      throw .unsupported(key: "do_center_crop", value: "a second crop after that of crop_pct")
    }
    size = .shortestEdge(Int(resized), longestEdge: nil)
    doCenterCrop = true
    cropSize = .exact(height: edge, width: edge)
  }

  /// Three values: a list, or one number for all.
  private mutating func channels(
    _ key: String, in object: JSONObject
  ) throws(ImageProcessorConfigError) -> [Double]? {
    guard let value = object[key] else { return nil }
    if value == .null {
      if doNormalize { throw .missing(key: key, neededBy: "do_normalize") }
      return nil
    }
    if let number = Self.number(value) { return [number, number, number] }
    guard let entries = value.arrayValue else {
      throw .wrongType(key: key, expected: "a number or a list of three", found: value.summary)
    }
    var numbers: [Double] = []
    for entry in entries {
      guard let number = Self.number(entry) else {
        throw .wrongType(key: key, expected: "a list of numbers", found: entry.summary)
      }
      numbers.append(number)
    }
    if numbers.count == 1 {
      // One entry stands for all in the torchvision back end only.
      if doNormalize { refusals.append(.init(backend: .pil, error: .channelCount(key: key, count: 1))) }
      return [numbers[0], numbers[0], numbers[0]]
    }
    guard numbers.count == 3 else {
      if doNormalize { throw .channelCount(key: key, count: numbers.count) }
      return nil
    }
    return numbers
  }

  private static func flag(
    _ key: String, in object: JSONObject, default fallback: Bool
  ) throws(ImageProcessorConfigError) -> Bool {
    switch object[key] {
    case nil: return fallback
    case .null?: return false
    case .bool(let value)?: return value
    case .string(let text)?: return !text.isEmpty
    case .integer?, .unsigned?, .number?: return object[key]?.numberValue != 0
    case .some(let other): throw .wrongType(key: key, expected: "true or false", found: other.summary)
    }
  }

  /// A number as Python computes with it, where true is 1.
  private static func number(_ value: JSONValue) -> Double? {
    if case .bool(let flag) = value { flag ? 1 : 0 } else { value.numberValue }
  }

  private static func string(
    _ key: String, in object: JSONObject
  ) throws(ImageProcessorConfigError) -> String? {
    switch object[key] {
    case nil, .null?: return nil
    case .string(let value)?: return value
    case .some(let other): throw .wrongType(key: key, expected: "a string", found: other.summary)
    }
  }
}
