import Foundation
import ImageProcessor
import TestSupport
import Testing

@testable import AIGuardVision

/// From scores to verdicts, without a network.
@Suite struct VerdictTests {
  static let fit = Calibration.Fit(
    errorRate: 0.02, dataSHA256: String(repeating: "0", count: 64), realCount: 3, fakeCount: 4)

  static func calibration(
    temperature: Double = 2, bias: Double = 0.5, from: Double = 0.25, to: Double = 0.75,
    fit: Calibration.Fit = fit,
    domain: ImageDomain? = nil, weights: String = String(repeating: "a", count: 64)
  ) throws -> Calibration {
    try Calibration(
      weightsSHA256: weights, temperature: temperature, bias: bias, unsure: (from, to), fit: fit,
      domain: domain)
  }

  private func facts(
    _ width: Int, _ height: Int, _ format: ImageFormat = .jpeg, _ mode: String = "RGB"
  ) -> ImageFacts {
    ImageFacts(format: format, mode: mode, width: width, height: height)
  }

  /// Temperature, bias, log-odds, and the score to the last digit: by Python, `1 / (1 + exp(-z))` with 50 digits.
  @Test(arguments: [
    (2.0, 0.5, 0.0, 0.6224593312018546), (2.0, 0.5, -1.0, 0.5), (0.25, 0.0, -10.0, 4.248354255291589e-18),
    (1.0, 0.0, 40.0, 1.0), (1.0, -3.0, -800.0, 0.0), (3.0, 0.0, 3.0, 0.7310585786300049),
  ])
  func scoresAreTheFormula(_ temperature: Double, _ bias: Double, _ logOdds: Double, _ expected: Double)
    throws
  {
    let score = try Self.calibration(temperature: temperature, bias: bias).score(logOdds: logOdds)
    #expect(abs(score - expected) <= 4 * expected.ulp, "\(score)")
  }

  @Test func theBoundsAreUnsure() throws {
    // A temperature of 1 and no bias: the score of 0 is one half, exactly.
    func verdict(_ from: Double, _ to: Double) throws -> Verdict {
      try Self.calibration(temperature: 1, bias: 0, from: from, to: to).verdict(logOdds: 0, image: nil)
    }
    #expect(try verdict(0.5, 0.75) == .unsure([.score(0.5, unsure: 0.5...0.75)]))
    #expect(try verdict(0.25, 0.5) == .unsure([.score(0.5, unsure: 0.25...0.5)]))
    #expect(try verdict(0.5, 0.5).name == "unsure")
    #expect(try verdict(0.5.nextUp, 0.75) == .real)
    #expect(try verdict(0.25, 0.5.nextDown) == .fake)
    // From 0 to 1 nothing is ever said, not even where the score is rounded to one of them.
    let never = try Self.calibration(temperature: 1, bias: 0, from: 0, to: 1)
    for logOdds in [-1e9, -40, 0, 40, 1e9] {
      #expect(never.verdict(logOdds: logOdds, image: nil).name == "unsure")
    }
  }

  @Test func reasonsAreInWords() throws {
    let calibration = try Self.calibration(
      domain: ImageDomain(
        smallestSide: 256, largestSide: 4000, longestAspect: 3, formats: [.jpeg, .png], includesGrey: false))
    func words(_ image: ImageFacts?) -> [String] {
      calibration.verdict(logOdds: 1000, image: image).reasons.map(\.description)
    }
    #expect(words(facts(256, 300)).isEmpty)
    #expect(words(facts(32, 32)) == ["32x32, taught on 256 to 4000"])
    #expect(words(facts(255, 300)) == ["255x300, taught on 256 to 4000"])
    #expect(words(facts(4001, 3000)) == ["4001x3000, taught on 256 to 4000"])
    #expect(words(facts(300, 900)).isEmpty)
    #expect(words(facts(300, 901)) == ["300x901, taught on images at most 3.0 times as long as wide"])
    #expect(words(facts(300, 300, .gif)) == ["GIF, taught on JPEG, PNG"])
    for mode in ["L", "LA", "1", "I;16", "I"] {
      #expect(words(facts(300, 300, .png, mode)) == ["shades of grey (\(mode)), taught on colours"])
    }
    for mode in ["RGB", "RGBA", "CMYK", "P", "YCbCr"] { #expect(words(facts(300, 300, .png, mode)).isEmpty) }
    #expect(words(nil).first?.hasPrefix("pixel values alone") == true)
    let least = try Self.calibration(domain: ImageDomain(smallestSide: 256))
    #expect(
      least.verdict(logOdds: 1000, image: facts(32, 32)).reasons.map(\.description) == [
        "32x32, taught on 256 and more"
      ])
    let kinds = calibration.verdict(logOdds: 0, image: facts(32, 2000, .bmp, "L")).reasons.map(\.kind)
    #expect(kinds == ["size", "shape", "format", "grey", "score"])
  }

  @Test(arguments: [
    (0.5, "0.5000"), (0.0, "0"), (1.0, "1"), (1e-12, "0.0001"), (1 - 1e-12, "0.9999"), (0.99995, "0.9999"),
    (0.03125, "0.0313"), (0.9541, "0.9541"),
  ])
  func whatIsNeither0Nor1IsNotShownAsSuch(_ score: Double, _ words: String) {
    #expect(UnsureReason.score(score, unsure: 0...1).description == "score \(words), unsure from 0 to 1")
  }

  /// However sure a network is: no image outside the domain gets anything but `unsure`, and no calibrated score.
  @Test func outsideNothingIsSaid() throws {
    var random = SplitMix64(seed: 15)
    var outside = 0
    for _ in 0..<3000 {
      func some<T>(_ value: T) -> T? { random.next() % 3 == 0 ? nil : value }
      let smallest = Int(random.next() % 500) + 1
      let domain = ImageDomain(
        smallestSide: some(smallest), largestSide: some(smallest + Int(random.next() % 500)),
        longestAspect: some(1 + Double(random.next() % 30) / 10),
        formats: some([.jpeg, .webp]), includesGrey: random.next() % 2 == 0)
      let calibration = try Self.calibration(from: 0.5, to: 0.5, domain: domain)
      let image = facts(
        Int(random.next() % 1000) + 1, Int(random.next() % 1000) + 1,
        [.jpeg, .png, .webp][Int(random.next() % 3)], ["RGB", "L"][Int(random.next() % 2)])
      let logOdds = (Double(random.next() % 2001) - 1000) * 10
      let judged = calibration.judge(logOdds: logOdds, image: image)
      // Said once more, in other words.
      let sides = [image.width, image.height]
      let isInside =
        sides.allSatisfy { $0 >= domain.smallestSide ?? 1 && $0 <= domain.largestSide ?? .max }
        && Double(sides.max() ?? 0) / Double(sides.min() ?? 1) <= domain.longestAspect ?? .infinity
        && domain.formats?.contains(image.format) != false && (domain.includesGrey || image.mode != "L")
      if isInside {
        #expect(judged.score != nil)
      } else {
        outside += 1
        #expect(judged.verdict.name == "unsure" && judged.score == nil, "\(image) \(domain)")
      }
    }
    #expect(outside > 1000)
  }

  @Test func whatCannotBeIsRefused() throws {
    func key(_ make: () throws -> Calibration) throws -> String {
      let error = try #require(throws: CalibrationError.self) { try make() }
      guard case .invalid(let key, _, _) = error else { return "\(error)" }
      return key
    }
    for temperature in [0, -1, .nan, .infinity] {
      #expect(try key { try Self.calibration(temperature: temperature) } == "temperature")
    }
    for bias in [Double.nan, .infinity, -.infinity] {
      #expect(try key { try Self.calibration(bias: bias) } == "bias")
    }
    for (from, to) in [(0.6, 0.5), (-0.1, 0.5), (0.5, 1.1), (.nan, 0.5), (0.5, .nan)] {
      #expect(try key { try Self.calibration(from: from, to: to) } == "unsure")
    }
    for hash in ["", String(repeating: "A", count: 64), String(repeating: "a", count: 63)] {
      #expect(try key { try Self.calibration(weights: hash) } == "weights_sha256")
    }
    func changed(_ change: (inout Calibration.Fit) -> Void) throws -> String {
      var fit = Self.fit
      change(&fit)
      return try key { try Self.calibration(fit: fit) }
    }
    for rate in [0, 1, -0.1, .nan] {
      #expect(try changed { $0.errorRate = rate } == "fitted_on.error_rate")
      #expect(try changed { $0.sourceErrorRate = rate } == "fitted_on.source_error_rate")
    }
    #expect(try changed { $0.realCount = 0 } == "fitted_on.real")
    #expect(try changed { $0.fakeCount = -1 } == "fitted_on.fake")
    #expect(try changed { $0.dataSHA256 = "x" } == "fitted_on.data_sha256")
    for date in ["", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-32", "2026-01-01T00", "２０26-01-01"] {
      #expect(try changed { $0.date = date } == "fitted_on.date")
    }
    for (domain, name) in [
      (ImageDomain(smallestSide: 0), "smallest_side"), (ImageDomain(largestSide: 0), "largest_side"),
      (ImageDomain(smallestSide: 9, largestSide: 8), "largest_side"),
      (ImageDomain(longestAspect: 0.5), "longest_aspect"),
      (ImageDomain(longestAspect: .nan), "longest_aspect"),
      (ImageDomain(longestAspect: .infinity), "longest_aspect"), (ImageDomain(formats: []), "formats"),
      (ImageDomain(formats: [.pdf]), "formats"),
    ] {
      #expect(try key { try Self.calibration(domain: domain) } == "domain." + name)
    }
  }

  /// Log-odds are those of P(AI), for every rule.
  @Test(
    arguments: [
      (["real", "fake"], nil), (["dalle", "real", "sd"], nil), (["fake"], nil), (["real"], nil),
      (["dalle", "real", "sd"], ["sd"]),
    ] as [([String], [String]?)])
  func logOddsAreThoseOfTheScore(_ names: [String], _ named: [String]?) throws {
    let labels =
      try named.map {
        try GeneratedLabels(
          named: $0, of: names, problemType: .multiLabelClassification, model: "", origin: .caller)
      } ?? GeneratedLabels(of: names, model: "")
    var random = SplitMix64(seed: 3)
    for _ in 0..<100 {
      let logits = names.map { _ in Float(random.next() % 2001) / 250 - 4 }
      let logOdds = labels.logOdds(logits)
      #expect(abs(1 / (1 + exp(-logOdds)) - Double(labels.score(logits))) < 1e-6, "\(logits)")
    }
    // Where the score is rounded, they are not.
    let extreme = labels.logOdds(names.map { $0 == "real" ? -150 : 150 })
    #expect(extreme >= 150 && extreme.isFinite)
  }
}
