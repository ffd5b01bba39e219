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
    if let timm = try Self.timm(modelConfig) {
      self = timm
      return
    }
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
    let fields = Fields(object)
    var name = try fields.optional("image_processor_type", .string)
    if name == nil { name = try fields.optional("feature_extractor_type", .string) }
    if name == nil, case .object(let model)? = modelConfig {
      let fields = Fields(model)
      name = try fields.optional("image_processor_type", .string)
      if name == nil, let modelType = try fields.optional("model_type", .string) {
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
  /// An absent key has its default. A key that is null has not: null means false for the `do_` keys, and is
  /// an error for keys that an enabled step needs. A `resample` that is a string means bilinear, whatever it
  /// says, as in the PIL back end, and so does one with a point. Flags are true or false as in Python, where 1 and any
  /// text are true. Keys that are not known have no effect.
  ///
  /// - Parameters:
  ///   - json: The object.
  ///   - type: Whose defaults apply; the object's own type is not looked at.
  public init(json: JSONValue, type: ImageProcessorType = .vit) throws(ImageProcessorConfigError) {
    guard case .object(let object) = json else { throw .notAnObject(found: json.summary) }
    if type == .timm {
      self = try TIMMTransforms(json: object["pretrained_cfg"]).config
      return
    }
    self = type.defaults
    // As its file has it; what that comes to is said when all of the file is read.
    if type == .convnext { size = .shortestEdge(384, longestEdge: nil) }
    if let namedSize { size = namedSize }
    let fields = Fields(object)
    doResize = try fields.value("do_resize", .pythonTruth) ?? doResize
    doRescale = try fields.value("do_rescale", .pythonTruth) ?? doRescale
    doNormalize = try fields.value("do_normalize", .pythonTruth) ?? doNormalize
    doCenterCrop = try fields.value("do_center_crop", .pythonTruth) ?? doCenterCrop
    doConvertRGB = try fields.value("do_convert_rgb", .pythonTruth) ?? doConvertRGB
    let toSquare = try fields.value("default_to_square", .pythonTruth) ?? type.defaultsToSquare

    if let value = object["size"] {
      if let size = try ImageSize(json: value, key: "size", toSquare: toSquare) {
        // SigLIP 2 judges it and does not use it.
        if type != .siglip2 { self.size = size }
      } else if doResize, type != .siglip2 {
        throw .missing(key: "size", neededBy: "do_resize")
      }
    }
    if let value = object["crop_size"] {
      cropSize = try ImageSize(json: value, key: "crop_size", toSquare: true)
    }
    if doCenterCrop, cropSize == nil { throw .missing(key: "crop_size", neededBy: "do_center_crop") }
    try readResample(fields)
    try readFlags(fields, type)
    try readArithmetic(fields)
    if type == .convnext { try readCropShare(fields) }
    if type == .siglip2 { try readPatches(fields) }
    try readNamedSize(fields, type)
    if let value = object["pad_size"] { _ = try ImageSize(json: value, key: "pad_size", toSquare: true) }
    // A documented divergence: the PIL back end of the reference pads.
    if try fields.value("do_pad", .pythonTruth) ?? false, type != .siglip2 {
      throw .unsupported(key: "do_pad", value: "true")
    }
  }

  private mutating func readResample(_ fields: Fields) throws(ImageProcessorConfigError) {
    var value = fields["resample"]
    // True and false are numbers in Python.
    if case .bool(let flag)? = value { value = .integer(flag ? 1 : 0) }
    switch value {
    case nil: break
    case .string?, .number?:
      // Whatever it says; the other back end reads names, and refuses a number with a point.
      resample = .bilinear
      if doResize, let value = fields["resample"] {
        refusals.append(
          .init(backend: .torchvision, error: .unsupported(key: "resample", value: value.summary)))
      }
    case .null?:
      if doResize, type != .siglip2 { throw .missing(key: "resample", neededBy: "do_resize") }
    case .integer(let number)?:
      // A documented divergence: Pillow 13 has filters 6 and 7 as well (Magic Kernel Sharp).
      guard let filter = ResampleFilter(rawValue: number) else {
        if doResize { throw .unsupported(key: "resample", value: "\(number)") }
        return
      }
      resample = filter
    case .some: throw fields.invalid("resample", expected: "an integer from 0 to 5")
    }
  }

  private mutating func readArithmetic(_ fields: Fields) throws(ImageProcessorConfigError) {
    if fields["rescale_factor"] == .null {
      if doRescale { throw .missing(key: "rescale_factor", neededBy: "do_rescale") }
    } else if let factor = try fields.value("rescale_factor", .pythonNumber) {
      rescaleFactor = factor
      if factor == 0, doRescale, doNormalize, !subtractsOne {
        refusals.append(.init(backend: .torchvision, error: .unsupported(key: "rescale_factor", value: "0")))
      }
    }
    if isWrapped(fields["rescale_factor"]) {
      refusals.append(
        .init(
          backend: .torchvision,
          error: .unsupported(key: "rescale_factor", value: "\(rescaleFactor) as an integer")))
    }
    imageMean = try channels("image_mean", fields) ?? imageMean
    imageStd = try channels("image_std", fields) ?? imageStd
  }

  /// Whether torchvision multiplies levels by an integer, in which they stay 8-bit numbers and wrap around.
  private func isWrapped(_ factor: JSONValue?) -> Bool {
    guard doRescale, !doNormalize || subtractsOne else { return false }
    switch factor {
    case .bool?: return subtractsOne
    case .integer(let factor)?: return subtractsOne || (factor != 0 && factor != 1)
    default: return false
    }
  }

  /// ConvNeXt's resizing as one of the others: the short side and a crop, or exactly square.
  private mutating func readCropShare(_ fields: Fields) throws(ImageProcessorConfigError) {
    guard doResize else { return }
    guard case .shortestEdge(let edge, _) = size, edge != 0 else {
      throw .unsupported(key: "size", value: "\(size), where ConvNextImageProcessor needs shortest_edge,")
    }
    // From here on it evaluates on the whole image.
    guard edge < 384 else {
      size = .exact(height: edge, width: edge)
      return
    }
    let share = try fields.value("crop_pct", .pythonNumber) ?? 224.0 / 256
    let resized = Double(edge) / share
    guard resized.isFinite, abs(resized) < Double(1 << 31) else {
      throw .unsupported(key: "crop_pct", value: "\(share)")
    }
    if doCenterCrop {
      throw .unsupported(key: "do_center_crop", value: "a second crop after that of crop_pct")
    }
    size = .shortestEdge(Int(resized), longestEdge: nil)
    cropShare = share
    doCenterCrop = true
    cropSize = .exact(height: edge, width: edge)
  }

  /// SigLIP 2's patches. There is no crop, whatever the file says.
  private mutating func readPatches(_ fields: Fields) throws(ImageProcessorConfigError) {
    guard case .patches(let patch, let most) = size else { return }
    size = .patches(
      patchSize: try fields.value("patch_size", .integer) ?? patch,
      maxNumPatches: try fields.value("max_num_patches", .integer) ?? most)
    (doCenterCrop, cropSize) = (false, nil)
  }

  /// Three values: a list, or one number for all.
  private mutating func channels(
    _ key: String, _ fields: Fields
  ) throws(ImageProcessorConfigError) -> [Double]? {
    guard let value = fields[key] else { return nil }
    let isNeeded = doNormalize || (dividesAgain && key == "image_std")
    if value == .null {
      if isNeeded { throw .missing(key: key, neededBy: doNormalize ? "do_normalize" : "include_top") }
      return nil
    }
    if let number = value.pythonNumber { return [number, number, number] }
    guard let entries = value.arrayValue else {
      throw fields.invalid(key, expected: "a number or a list of three")
    }
    var numbers: [Double] = []
    for entry in entries {
      guard let number = entry.pythonNumber else {
        throw fields.invalid(key, expected: "a list of numbers", found: entry.summary)
      }
      numbers.append(number)
    }
    if numbers.count == 1 {
      // One entry stands for all in the torchvision back end only.
      if isNeeded { refusals.append(.init(backend: .pil, error: .channelCount(key: key, count: 1))) }
      return [numbers[0], numbers[0], numbers[0]]
    }
    guard numbers.count == 3 else {
      if isNeeded { throw .channelCount(key: key, count: numbers.count) }
      return nil
    }
    return numbers
  }

  typealias Fields = JSONFields<ImageProcessorConfigError>
}

extension JSONFields<ImageProcessorConfigError> {
  init(_ object: JSONObject, prefix: String = "") {
    self.init(object, prefix: prefix) { key, expected, found in
      .wrongType(key: key, expected: expected, found: found ?? "nothing")
    }
  }
}

extension JSONKind<Bool> {
  /// What Python's `if` makes of the value: null is false, and so are zero and the empty text.
  static var pythonTruth: Self {
    Self("true or false") { value in
      switch value {
      case .null: false
      case .bool(let value): value
      case .string(let text): !text.isEmpty
      case .integer, .unsigned, .number: value.numberValue != 0
      case .array, .object: nil
      }
    }
  }
}

extension JSONKind<Double> {
  static var pythonNumber: Self { Self("a number") { $0.pythonNumber } }
}

extension JSONValue {
  /// A number as Python computes with it, where true is 1.
  fileprivate var pythonNumber: Double? {
    if case .bool(let flag) = self { flag ? 1 : 0 } else { numberValue }
  }
}
