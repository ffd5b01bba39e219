import ImageDecoding
import ImageProcessor
import JSONText

extension Augmentation {
  /// Reads a recipe: an object with a member for each thing that may happen.
  ///
  /// | key | members beside `probability` |
  /// |---|---|
  /// | `crop`, `erasing` | `scale`, `ratio`: ranges |
  /// | `shift` | `pixels`: a range of whole numbers, for each axis |
  /// | `flip` | - |
  /// | `rotation` | `degrees`: a range; `filter`: `bilinear` (default) or `bicubic` |
  /// | `rescale` | `factor`: a range; `filters`: names (default `["bilinear"]`) |
  /// | `blur` | `radius`: a range |
  /// | `sharpness`, `color`, `brightness`, `contrast` | `factor`: a range |
  /// | `jpeg` | `quality`: a range; `subsampling`: names (default `["4:2:0"]`) |
  /// | `webp` | `quality`: a range |
  /// | `mixup` | `alpha` |
  ///
  /// A range is `[low, high]`. Every key is required unless it says a default, and no other may be there.
  ///
  /// - Parameters:
  ///   - object: The recipe's object.
  ///   - prefix: What errors put before the keys.
  public init(_ object: JSONObject, prefix: String = "") throws(AugmentationError) {
    try AugmentationFields.check(
      object, prefix,
      [
        "crop", "shift", "flip", "rotation", "rescale", "blur", "sharpness", "color", "brightness",
        "contrast", "jpeg", "webp", "erasing", "mixup",
      ])
    self.init()
    let sections = AugmentationFields(object, prefix)
    crop = try sections.area("crop")
    erasing = try sections.area("erasing")
    if let fields = try sections.section("shift", ["probability", "pixels"]) {
      shift = Shift(
        probability: try fields.probability(), pixels: try fields.integers("pixels", -1_000...1_000))
    }
    if let fields = try sections.section("flip", ["probability"]) { flip = try fields.probability() }
    if let fields = try sections.section("rotation", ["probability", "degrees", "filter"]) {
      let name = try fields.optional("filter", .string) ?? "bilinear"
      guard let filter = RotationFilter(rawValue: name) else {
        throw fields.invalid("filter", "\"bilinear\" or \"bicubic\"")
      }
      rotation = Rotation(
        degrees: Draw(
          probability: try fields.probability(), range: try fields.range("degrees", -360...360)),
        filter: filter)
    }
    if let fields = try sections.section("rescale", ["probability", "factor", "filters"]) {
      rescale = Rescaling(
        factor: Draw(
          probability: try fields.probability(), range: try fields.range("factor", 0.01...8)),
        filters: try fields.names("filters", default: [.bilinear]) { ResampleFilter(named: $0) })
    }
    blur = try sections.draw("blur", "radius", 0...1_000)
    sharpness = try sections.draw("sharpness", "factor", -100...100)
    color = try sections.draw("color", "factor", -100...100)
    brightness = try sections.draw("brightness", "factor", -100...100)
    contrast = try sections.draw("contrast", "factor", -100...100)
    if let fields = try sections.section("jpeg", ["probability", "quality", "subsampling"]) {
      jpeg = Reencoding(
        probability: try fields.probability(), quality: try fields.integers("quality", 1...100),
        subsampling: try fields.names("subsampling", default: [.quarter]) {
          ChromaSubsampling(rawValue: $0)
        })
    }
    if let fields = try sections.section("webp", ["probability", "quality"]) {
      webp = Reencoding(
        probability: try fields.probability(), quality: try fields.integers("quality", 0...100))
    }
    if let fields = try sections.section("mixup", ["probability", "alpha"]) {
      let alpha = try fields.number("alpha")
      guard alpha > 0, alpha <= 1_000 else { throw fields.invalid("alpha", "a number above 0, at most 1000") }
      mixup = Mixup(probability: try fields.probability(), alpha: alpha)
    }
  }

  /// The recipe as it is read, with every default written out.
  public var json: JSONObject {
    func range<Bound>(_ range: ClosedRange<Bound>, _ value: (Bound) -> JSONValue) -> JSONValue {
      .array([value(range.lowerBound), value(range.upperBound)])
    }
    func numbers(_ numbers: ClosedRange<Double>) -> JSONValue { range(numbers) { .number($0) } }
    var members: [JSONObject.Member] = []
    func add(_ key: String, _ probability: Double?, _ others: [(String, JSONValue)]) {
      guard let probability else { return }
      members.append(
        .init(
          key: key,
          value: .object(
            JSONObject(
              members: ([("probability", .number(probability))] + others).map {
                .init(key: $0.0, value: $0.1)
              }))))
    }
    func area(_ key: String, _ area: Area?) {
      add(
        key, area?.probability,
        area.map { [("scale", numbers($0.scale)), ("ratio", numbers($0.ratio))] } ?? [])
    }
    func draw(_ key: String, _ name: String, _ draw: Draw?) {
      add(key, draw?.probability, draw.map { [(name, numbers($0.range))] } ?? [])
    }
    area("crop", crop)
    add("shift", shift?.probability, shift.map { [("pixels", range($0.pixels) { .integer($0) })] } ?? [])
    if flip > 0 { add("flip", flip, []) }
    add(
      "rotation", rotation?.degrees.probability,
      rotation.map { [("degrees", numbers($0.degrees.range)), ("filter", .string($0.filter.rawValue))] } ?? []
    )
    add(
      "rescale", rescale?.factor.probability,
      rescale.map {
        [
          ("factor", numbers($0.factor.range)),
          ("filters", .array($0.filters.map { .string($0.name) })),
        ]
      } ?? [])
    draw("blur", "radius", blur)
    draw("sharpness", "factor", sharpness)
    draw("color", "factor", color)
    draw("brightness", "factor", brightness)
    draw("contrast", "factor", contrast)
    add(
      "jpeg", jpeg?.probability,
      jpeg.map {
        [
          ("quality", range($0.quality) { .integer($0) }),
          ("subsampling", .array($0.subsampling.map { .string($0.rawValue) })),
        ]
      } ?? [])
    add("webp", webp?.probability, webp.map { [("quality", range($0.quality) { .integer($0) })] } ?? [])
    area("erasing", erasing)
    add("mixup", mixup?.probability, mixup.map { [("alpha", .number($0.alpha))] } ?? [])
    return JSONObject(members: members)
  }
}

extension ResampleFilter {
  private static let names: [(filter: ResampleFilter, name: String)] = [
    (.nearest, "nearest"), (.lanczos, "lanczos"), (.bilinear, "bilinear"), (.bicubic, "bicubic"),
    (.box, "box"),
    (.hamming, "hamming"),
  ]

  /// Pillow's name in lower case.
  var name: String { Self.names.first { $0.filter == self }?.name ?? "\(rawValue)" }

  init?(named name: String) {
    guard let found = Self.names.first(where: { $0.name == name }) else { return nil }
    self = found.filter
  }
}
