/// What may be said of an image for a stated error rate.
///
/// `Docs/Verdicts.md` says what it promises, and what not.
public enum Verdict: Sendable, Equatable {
  /// A photograph.
  case real
  /// Generated.
  case fake
  /// Neither can be said, and why: at least one reason.
  case unsure([UnsureReason])

  /// `real`, `fake` or `unsure`.
  public var name: String {
    switch self {
    case .real: "real"
    case .fake: "fake"
    case .unsure: "unsure"
    }
  }

  /// Why neither can be said; none for the others.
  public var reasons: [UnsureReason] {
    if case .unsure(let reasons) = self { reasons } else { [] }
  }
}

/// Why neither `real` nor `fake` can be said of an image.
public enum UnsureReason: Sendable, Equatable, CustomStringConvertible {
  /// The calibrated score is one that photographs and generated images both have, more often than the error rate allows.
  case score(Double, unsure: ClosedRange<Double>)
  /// A side is shorter or longer than those of the images that the model was taught on.
  case size(width: Int, height: Int, smallestSide: Int?, largestSide: Int?)
  /// The image is longer for its width than those that the model was taught on.
  case shape(width: Int, height: Int, longestAspect: Double)
  /// The file is of a format that the model was not taught on.
  case format(ImageFormat, taughtOn: [ImageFormat])
  /// The file holds shades of grey, and the model was taught on colours.
  case grey(mode: String)
  /// Pixel values alone do not say whether the image is one of those that the model was taught on.
  case unknownImage

  /// A short, stable name of the reason, for machines to read.
  public var kind: String {
    switch self {
    case .score: "score"
    case .size: "size"
    case .shape: "shape"
    case .format: "format"
    case .grey: "grey"
    case .unknownImage: "unknown-image"
    }
  }

  /// One line for a person, such as `32x32, taught on 256 and more`.
  public var description: String {
    switch self {
    case .score(let score, let unsure):
      "score \(Self.rounded(score)), unsure from \(Self.rounded(unsure.lowerBound)) to "
        + Self.rounded(unsure.upperBound)
    case .size(let width, let height, let smallest, let largest):
      "\(width)x\(height), taught on \(Self.sides(smallest, largest))"
    case .shape(let width, let height, let longest):
      "\(width)x\(height), taught on images at most \(longest) times as long as wide"
    case .format(let format, let known):
      "\(format.rawValue), taught on \(known.map(\.rawValue).joined(separator: ", "))"
    case .grey(let mode): "shades of grey (\(mode)), taught on colours"
    case .unknownImage:
      "pixel values alone do not say whether the image is like those that the model was taught on"
    }
  }

  private static func sides(_ smallest: Int?, _ largest: Int?) -> String {
    switch (smallest, largest) {
    case (let smallest?, let largest?): smallest == largest ? "\(smallest)" : "\(smallest) to \(largest)"
    case (let smallest?, nil): "\(smallest) and more"
    case (nil, let largest?): "\(largest) and less"
    case (nil, nil): "all sizes"
    }
  }

  /// Four decimals. What is neither 0 nor 1 is not shown as either.
  private static func rounded(_ score: Double) -> String {
    guard score > 0 else { return "0" }
    guard score < 1 else { return "1" }
    if score < 0.00005 { return "0.0001" }
    if score >= 0.99995 { return "0.9999" }
    let digits = String(Int((score * 10_000).rounded()))
    return "0." + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
