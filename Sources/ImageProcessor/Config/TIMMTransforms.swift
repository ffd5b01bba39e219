import JSONText

/// What timm's transforms for evaluation are made from: `pretrained_cfg` in its `config.json`.
///
/// The source is `resolve_data_config` and `create_transform` of timm 1.0.31. Both short sides are `floor(size / crop_pct)`
/// ("center": the short side, and the long one follows; "squash": both sides), and the middle is cut out.
struct TIMMTransforms: Equatable {
  var height = 224
  var width = 224
  var filter = ResampleFilter.bicubic
  var cropShare = 0.875
  /// Whether both sides are resized alone.
  var squashes = false
  var mean = ImageProcessorType.imageNetMean
  var deviation = ImageProcessorType.imageNetDeviation

  /// All as by default.
  init() {}

  private static let filters: [String: ResampleFilter] = [
    "nearest": .nearest, "lanczos": .lanczos, "bilinear": .bilinear, "bicubic": .bicubic, "box": .box,
    "hamming": .hamming,
  ]

  /// Reads a `pretrained_cfg`.
  ///
  /// - Throws: `ImageProcessorConfigError`, which names the key.
  init(json: JSONValue?) throws(ImageProcessorConfigError) {
    // timm fails on an empty one.
    guard case .object(let object)? = json, !object.members.isEmpty else {
      throw .wrongType(
        key: "pretrained_cfg", expected: "an object with timm's settings", found: json?.summary ?? "nothing")
    }
    let fields = ImageProcessorConfig.Fields(object, prefix: "pretrained_cfg.")
    let channels = try readSize(fields)
    if let name = try fields.optional("interpolation", .string), !name.isEmpty {
      guard let filter = Self.filters[name] else { throw Self.unsupported("interpolation", .string(name)) }
      self.filter = filter
    }
    // Zero is none, as for Python's `or`.
    if let share = try fields.optional("crop_pct", .number), share != 0 { cropShare = share }
    let mode = try fields.optional("crop_mode", .string)
    squashes = mode == "squash"
    guard mode != "border" else { throw Self.unsupported("crop_mode", .string("border")) }
    guard squashes || height == width else {
      throw .unsupported(
        key: "pretrained_cfg.input_size", value: "\(height)x\(width) with another crop_mode than squash")
    }
    mean = try Self.channels("mean", fields, channels) ?? mean
    deviation = try Self.channels("std", fields, channels) ?? deviation
    guard resized(height) != nil, resized(width) != nil else {
      throw Self.unsupported("crop_pct", .number(cropShare))
    }
  }

  private static func unsupported(_ key: String, _ value: JSONValue) -> ImageProcessorConfigError {
    .unsupported(key: "pretrained_cfg.\(key)", value: value.summary)
  }

  /// Reads `input_size`, or else `img_size`.
  ///
  /// - Returns: The channels.
  private mutating func readSize(
    _ fields: ImageProcessorConfig.Fields
  ) throws(ImageProcessorConfigError) -> Int {
    var channels = 3
    if let value = fields["input_size"], value != .null {
      let sides = value.arrayValue?.compactMap(\.integerValue) ?? []
      guard sides.count == 3, value.arrayValue?.count == 3 else {
        throw fields.invalid("input_size", expected: "a list of channels, height and width")
      }
      (channels, height, width) = (sides[0], sides[1], sides[2])
    } else {
      for key in ["chans", "in_chans"] { channels = try fields.optional(key, .integer) ?? channels }
      if let side = try fields.optional("img_size", .integer) { (height, width) = (side, side) }
    }
    guard height > 0, width > 0 else {
      throw .unsupported(key: "pretrained_cfg.input_size", value: "\(height)x\(width)")
    }
    return channels
  }

  /// Three values; one stands for all.
  private static func channels(
    _ key: String, _ fields: ImageProcessorConfig.Fields, _ channels: Int
  ) throws(ImageProcessorConfigError) -> [Double]? {
    guard let value = fields[key], value != .null else { return nil }
    let numbers = value.arrayValue?.compactMap(\.numberValue) ?? []
    guard let count = value.arrayValue?.count, numbers.count == count else {
      throw fields.invalid(key, expected: "a list of numbers")
    }
    if count == 1 { return [numbers[0], numbers[0], numbers[0]] }
    guard count == channels, count == 3 else {
      throw .channelCount(key: "pretrained_cfg.\(key)", count: count)
    }
    return numbers
  }

  /// The side that an image is resized to; `nil` for none that can be.
  private func resized(_ side: Int) -> Int? {
    let resized = (Double(side) / cropShare).rounded(.down)
    return resized >= 1 && resized < Double(1 << 31) ? Int(resized) : nil
  }

  /// What is done, step by step.
  var config: ImageProcessorConfig {
    let (high, wide) = (resized(height) ?? height, resized(width) ?? width)
    var config = ImageProcessorConfig(
      size: squashes ? .exact(height: high, width: wide) : .shortestEdge(high, longestEdge: nil),
      resample: filter, doCenterCrop: true, cropSize: .exact(height: height, width: width), imageMean: mean,
      imageStd: deviation, type: .timm)
    config.cropShare = cropShare
    config.roundsCrop = true
    return config
  }

  /// Those that do what a configuration says; `nil` where there are none.
  init?(_ config: ImageProcessorConfig) {
    guard case .exact(height: let height, width: let width)? = config.cropSize, height > 0, width > 0 else {
      return nil
    }
    (self.height, self.width) = (height, width)
    filter = config.resample
    (mean, deviation) = (config.imageMean, config.imageStd)
    // Where the share is not the one that was read, one whose quotient is not near another integer.
    var shares = [config.cropShare ?? 0.875]
    switch config.size {
    case .shortestEdge(let edge, longestEdge: nil): shares.append(Double(height) / (Double(edge) + 0.5))
    case .exact(height: let edge, width: _):
      squashes = true
      shares.append(Double(height) / (Double(edge) + 0.5))
    default: return nil
    }
    var wanted = config
    wanted.cropShare = nil
    for share in shares {
      cropShare = share
      var found = self.config
      found.cropShare = nil
      if found == wanted, resized(height) != nil { return }
    }
    return nil
  }

  /// The object that an image processor of this kind is read from.
  var json: JSONValue {
    func object(_ members: [(String, JSONValue)]) -> JSONValue {
      .object(JSONObject(members: members.map { JSONObject.Member(key: $0, value: $1) }))
    }
    let name = Self.filters.first { $0.value == filter }?.key ?? "bicubic"
    return object([
      ("image_processor_type", .string(ImageProcessorType.timm.rawValue)),
      (
        "pretrained_cfg",
        object([
          ("input_size", .array([.integer(3), .integer(height), .integer(width)])),
          ("interpolation", .string(name)), ("crop_pct", .number(cropShare)),
          ("crop_mode", .string(squashes ? "squash" : "center")),
          ("mean", .array(mean.map { .number($0) })), ("std", .array(deviation.map { .number($0) })),
        ])
      ),
    ])
  }
}

extension ImageProcessorConfig {
  /// Whether a `config.json` is timm's own, which also says how images become pixel values: whatever other files say,
  /// transformers takes it from there.
  package static func isTIMM(_ modelConfig: JSONValue?) -> Bool {
    guard case .object(let object)? = modelConfig, object["pretrained_cfg"] != nil else { return false }
    let modelType = object["model_type"]
    return modelType == nil || modelType == .null || modelType == .string("timm_wrapper")
  }

  /// The transforms of timm's own `config.json`; `nil` for another one.
  static func timm(_ modelConfig: JSONValue?) throws(ImageProcessorConfigError) -> ImageProcessorConfig? {
    guard isTIMM(modelConfig), case .object(let object)? = modelConfig else { return nil }
    if let name = object["image_processor_type"], name != .null,
      name != .string(ImageProcessorType.timm.rawValue)
    {
      throw .unsupported(key: "image_processor_type", value: "\(name.summary) beside pretrained_cfg")
    }
    return try TIMMTransforms(json: object["pretrained_cfg"]).config
  }
}
