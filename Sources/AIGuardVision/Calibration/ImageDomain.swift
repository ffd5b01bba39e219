/// Which images a model was taught on, as far as a file says it without guessing. Of others its figures say nothing, however
/// sure it is.
public struct ImageDomain: Sendable, Equatable {
  /// The fewest pixels of the shorter side; any where `nil`.
  public var smallestSide: Int?
  /// The most pixels of the longer side; any where `nil`.
  public var largestSide: Int?
  /// The longer side divided by the shorter one, at most; any where `nil`.
  public var longestAspect: Double?
  /// The formats; any where `nil`.
  public var formats: [ImageFormat]?
  /// Whether files in shades of grey were among them (`ImageFacts.isGrey`).
  public var includesGrey: Bool

  /// Says which images; by default any.
  public init(
    smallestSide: Int? = nil, largestSide: Int? = nil, longestAspect: Double? = nil,
    formats: [ImageFormat]? = nil, includesGrey: Bool = true
  ) {
    self.smallestSide = smallestSide
    self.largestSide = largestSide
    self.longestAspect = longestAspect
    self.formats = formats
    self.includesGrey = includesGrey
  }

  /// Why an image is none of them; nothing where it is one.
  public func reasons(against image: ImageFacts) -> [UnsureReason] {
    var reasons: [UnsureReason] = []
    let (short, long) = (min(image.width, image.height), max(image.width, image.height))
    if short < smallestSide ?? 0 || long > largestSide ?? .max {
      reasons.append(
        .size(
          width: image.width, height: image.height, smallestSide: smallestSide, largestSide: largestSide))
    }
    if let longestAspect, Double(long) > longestAspect * Double(short) {
      reasons.append(.shape(width: image.width, height: image.height, longestAspect: longestAspect))
    }
    if let formats, !formats.contains(image.format) {
      reasons.append(.format(image.format, taughtOn: formats))
    }
    if !includesGrey, image.isGrey { reasons.append(.grey(mode: image.mode)) }
    return reasons
  }

  /// Whether it leaves nothing out.
  var isEverything: Bool { self == ImageDomain() }
}
