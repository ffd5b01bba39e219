import Platform

/// What makes verdicts of a model's scores: fitted on images whose truth is known, and kept beside the weights in
/// `calibration.json`.
///
/// `Docs/Verdicts.md` says what it promises, and what not. `aiguard calibrate` fits one.
public struct Calibration: Sendable, Equatable {
  /// The SHA-256 of the weights that it belongs to (`ModelIdentity.sha256`).
  public let weightsSHA256: String
  /// What log-odds are divided by.
  public let temperature: Double
  /// What is added to them then.
  public let bias: Double
  /// The calibrated scores of which neither `real` nor `fake` is said, the bounds among them.
  public let unsure: ClosedRange<Double>
  /// What it was fitted on.
  public let fit: Fit
  /// What the model was taught on; `nil` where that is not known.
  public let domain: ImageDomain?

  /// What a calibration was fitted on, and what for.
  public struct Fit: Sendable, Equatable {
    /// The share of the photographs of which `fake` may be said, and of the generated images of which `real` may be said.
    public var errorRate: Double
    /// The SHA-256 of the list of images.
    public var dataSHA256: String
    /// How many of them were photographs.
    public var realCount: Int
    /// How many were generated.
    public var fakeCount: Int
    /// The error rate that also holds for an image of a source that was not among the images', where the band is that wide.
    public var sourceErrorRate: Double?
    /// The day, as YYYY-MM-DD, where it was given.
    public var date: String?

    /// Says what a calibration was fitted on.
    public init(
      errorRate: Double, dataSHA256: String, realCount: Int, fakeCount: Int, sourceErrorRate: Double? = nil,
      date: String? = nil
    ) {
      self.errorRate = errorRate
      self.dataSHA256 = dataSHA256
      self.realCount = realCount
      self.fakeCount = fakeCount
      self.sourceErrorRate = sourceErrorRate
      self.date = date
    }
  }

  /// Puts a calibration together.
  ///
  /// - Throws: `CalibrationError.invalid` for a value that cannot be.
  public init(
    weightsSHA256: String, temperature: Double, bias: Double, unsure: (from: Double, to: Double), fit: Fit,
    domain: ImageDomain? = nil
  ) throws(CalibrationError) {
    try Self.check("weights_sha256", Self.isSHA256(weightsSHA256), weightsSHA256, "64 hexadecimal digits")
    // Only then do higher scores stay higher.
    try Self.check(
      "temperature", temperature.isFinite && temperature > 0, "\(temperature)", "above 0, finite")
    try Self.check("bias", bias.isFinite, "\(bias)", "finite")
    try Self.check(
      "unsure", 0 <= unsure.from && unsure.from <= unsure.to && unsure.to <= 1,
      "from \(unsure.from) to \(unsure.to)", "from one score to another that is not lower, both from 0 to 1")
    for (key, rate) in [
      ("fitted_on.error_rate", fit.errorRate), ("fitted_on.source_error_rate", fit.sourceErrorRate ?? 0.5),
    ] {
      try Self.check(key, rate > 0 && rate < 1, "\(rate)", "between 0 and 1")
    }
    try Self.check(
      "fitted_on.data_sha256", Self.isSHA256(fit.dataSHA256), fit.dataSHA256, "64 hexadecimal digits")
    try Self.check("fitted_on.real", fit.realCount > 0, "\(fit.realCount)", "at least 1")
    try Self.check("fitted_on.fake", fit.fakeCount > 0, "\(fit.fakeCount)", "at least 1")
    if let date = fit.date { try Self.check("fitted_on.date", Self.isDate(date), date, "YYYY-MM-DD") }
    try domain?.check()
    self.weightsSHA256 = weightsSHA256
    self.temperature = temperature
    self.bias = bias
    self.unsure = unsure.from...unsure.to
    self.fit = fit
    self.domain = domain
  }

  /// The calibrated score of log-odds of P(AI), from 0 to 1, in double precision: `sigmoid(logOdds / temperature + bias)`.
  public func score(logOdds: Double) -> Double {
    Self.score(logOdds: logOdds, temperature: temperature, bias: bias)
  }

  /// The one formula, for whoever fits it too.
  package static func score(logOdds: Double, temperature: Double, bias: Double) -> Double {
    let value = logOdds / temperature + bias
    // Of a large negative number the power would be infinite.
    guard value < 0 else { return 1 / (1 + exp(-value)) }
    let power = exp(value)
    return power / (1 + power)
  }

  /// The verdict on an image.
  ///
  /// - Parameters:
  ///   - logOdds: `ClassificationResult.generatedLogOdds`.
  ///   - image: What the file says of it; `nil` where there is no file.
  public func verdict(logOdds: Double, image: ImageFacts?) -> Verdict {
    let score = score(logOdds: logOdds)
    var reasons = reasonsOfDomain(image)
    if unsure.contains(score) { reasons.append(.score(score, unsure: unsure)) }
    guard reasons.isEmpty else { return .unsure(reasons) }
    return score > unsure.upperBound ? .fake : .real
  }

  /// The verdict, and the calibrated score where it means something.
  func judge(logOdds: Double, image: ImageFacts?) -> (verdict: Verdict, score: Double?) {
    (
      verdict(logOdds: logOdds, image: image),
      reasonsOfDomain(image).isEmpty ? score(logOdds: logOdds) : nil
    )
  }

  private func reasonsOfDomain(_ image: ImageFacts?) -> [UnsureReason] {
    guard let domain, !domain.isEverything else { return [] }
    return image.map(domain.reasons(against:)) ?? [.unknownImage]
  }

  private static func check(
    _ key: String, _ isValid: Bool, _ found: String, _ expected: String
  ) throws(CalibrationError) {
    guard isValid else { throw .invalid(key: key, found: found, expected: expected) }
  }

  static func isSHA256(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }

  /// Whether a text is a day: of the calendar only that there are twelve months, and at most 31 days in each.
  private static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.allSatisfy({ $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) }),
      let month = Int(parts[1]), let day = Int(parts[2])
    else { return false }
    return (1...12).contains(month) && (1...31).contains(day)
  }
}

extension ImageDomain {
  fileprivate func check() throws(CalibrationError) {
    func require(_ key: String, _ isValid: Bool, _ found: String, _ expected: String) throws(CalibrationError)
    {
      guard isValid else { throw .invalid(key: "domain." + key, found: found, expected: expected) }
    }
    if let smallestSide {
      try require("smallest_side", smallestSide > 0, "\(smallestSide)", "at least 1")
    }
    if let largestSide {
      let least = smallestSide ?? 1
      try require(
        "largest_side", largestSide >= least, "\(largestSide)", "at least \(least), the smallest")
    }
    if let longestAspect {
      try require(
        "longest_aspect", longestAspect >= 1 && longestAspect.isFinite, "\(longestAspect)",
        "at least 1, finite")
    }
    if let formats {
      try require(
        "formats", !formats.isEmpty && formats.allSatisfy(\.isSupported),
        formats.map(\.rawValue).joined(separator: ", "), "some of the formats that are decoded")
    }
  }
}
