import ImageDecoding
import ImageProcessor
import JSONText

extension AugmentationValues {
  /// What happened, as a log has it: a member for each thing that did. `init(_:)` reads it, and the same bits come back.
  public var json: JSONObject {
    var members: [JSONObject.Member] = []
    func add(_ key: String, _ value: JSONValue?) {
      if let value { members.append(.init(key: key, value: value)) }
    }
    func object(_ members: [(String, JSONValue)]) -> JSONValue {
      .object(JSONObject(members: members.map { .init(key: $0.0, value: $0.1) }))
    }
    func box(_ box: Box) -> JSONValue {
      .array([box.x, box.y, box.width, box.height].map { .integer($0) })
    }
    add("crop", crop.map(box))
    add("shift", shift.map { .array([.integer($0.right), .integer($0.down)]) })
    if isFlipped { add("flip", .bool(true)) }
    add(
      "rotation",
      rotation.map { object([("degrees", .number($0.degrees)), ("filter", .string($0.filter.rawValue))]) })
    add(
      "rescale",
      rescale.map {
        object([
          ("factor", .number($0.factor)), ("size", .array([.integer($0.width), .integer($0.height)])),
          ("filter", .string($0.filter.name)),
        ])
      })
    add("blur", blur.map { .number($0) })
    add("sharpness", sharpness.map { .number($0) })
    add("color", color.map { .number($0) })
    add("brightness", brightness.map { .number($0) })
    add("contrast", contrast.map { .number($0) })
    switch encoding {
    case .jpeg(let quality, let subsampling)?:
      add("jpeg", object([("quality", .integer(quality)), ("subsampling", .string(subsampling.rawValue))]))
    case .webp(let quality, let method)?:
      add("webp", object([("quality", .number(quality)), ("method", .integer(method))]))
    case .png?, nil: break
    }
    add(
      "erased",
      erased.map { object([("box", box($0.box)), ("color", .array($0.color.map { .integer(Int($0)) }))]) })
    add(
      "mixup",
      mixup.map {
        object([
          ("position", .integer($0.position)), ("partner", .string($0.partner)),
          ("weight", .number(Double($0.weight))),
        ])
      })
    return JSONObject(members: members)
  }

  /// Reads what `json` wrote.
  ///
  /// - Throws: `AugmentationError`, for a key too many as well.
  public init(_ object: JSONObject) throws(AugmentationError) {
    self.init()
    try AugmentationFields.check(
      object, "",
      [
        "crop", "shift", "flip", "rotation", "rescale", "blur", "sharpness", "color", "brightness",
        "contrast", "jpeg", "webp", "erased", "mixup",
      ])
    let fields = AugmentationFields(object, "")
    crop = try fields.optional("crop", .box)
    shift = try fields.optional("shift", .integers(2)).map { Shift(right: $0[0], down: $0[1]) }
    isFlipped = try fields.optional("flip", .bool) ?? false
    if let part = try fields.section("rotation", ["degrees", "filter"]) {
      guard let filter = RotationFilter(rawValue: try part.required("filter", .string)) else {
        throw part.invalid("filter", "\"bilinear\" or \"bicubic\"")
      }
      rotation = Rotation(degrees: try part.number("degrees"), filter: filter)
    }
    if let part = try fields.section("rescale", ["factor", "size", "filter"]) {
      let size = try part.required("size", .integers(2))
      guard let filter = ResampleFilter(named: try part.required("filter", .string)) else {
        throw part.invalid("filter", "the name of a filter")
      }
      rescale = Rescaling(
        factor: try part.number("factor"), width: size[0], height: size[1], filter: filter)
    }
    blur = try fields.optional("blur", .number)
    sharpness = try fields.optional("sharpness", .number)
    color = try fields.optional("color", .number)
    brightness = try fields.optional("brightness", .number)
    contrast = try fields.optional("contrast", .number)
    if let part = try fields.section("jpeg", ["quality", "subsampling"]) {
      let name = try part.required("subsampling", .string)
      guard let subsampling = ChromaSubsampling(rawValue: name) else {
        throw part.invalid("subsampling", "\"4:4:4\", \"4:2:2\" or \"4:2:0\"")
      }
      encoding = .jpeg(quality: try part.required("quality", .integer), subsampling: subsampling)
    }
    if let part = try fields.section("webp", ["quality", "method"]) {
      encoding = .webp(
        quality: try part.number("quality"), method: try part.required("method", .integer))
    }
    if let part = try fields.section("erased", ["box", "color"]) {
      let color = try part.required("color", .integers(3)).compactMap { UInt8(exactly: $0) }
      guard color.count == 3 else { throw part.invalid("color", "three integers from 0 to 255") }
      erased = Erased(box: try part.required("box", .box), color: color)
    }
    if let part = try fields.section("mixup", ["position", "partner", "weight"]) {
      mixup = Mixup(
        position: try part.required("position", .integer), partner: try part.required("partner", .string),
        weight: Float(try part.number("weight")))
    }
  }
}

extension JSONKind<[Int]> {
  fileprivate static func integers(_ count: Int) -> Self {
    Self("\(count) integers") { value in
      let integers = value.arrayValue?.compactMap(\.integerValue)
      return integers?.count == count && value.arrayValue?.count == count ? integers : nil
    }
  }
}

extension JSONKind<AugmentationValues.Box> {
  fileprivate static var box: Self {
    Self("[x, y, width, height]") { value in
      JSONKind<[Int]>.integers(4).convert(value).map {
        AugmentationValues.Box(x: $0[0], y: $0[1], width: $0[2], height: $0[3])
      }
    }
  }
}
