import AIGuardVision
import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// Fitting a calibration, against scikit-learn, scipy and a plain reference: `Fixtures/calibration/make.py`.
@Suite struct CalibrationFitTests {
  struct Golden: Decodable {
    struct Fit: Decodable {
      let temperature: Double
      let bias: Double
      let log_loss: Double
    }

    struct Band: Decodable {
      let error_rate: Double
      let source_error_rate: Double?
      let from: Double
      let to: Double
      let real_source_rate: Double
      let fake_source_rate: Double
    }

    struct Case: Decodable {
      let name: String
      let log_odds: [Double]
      let fake: [Int]
      let sources: [String]
      let fit: Fit
      let bands: [Band]

      var samples: [CalibrationSample] {
        zip(zip(log_odds, fake), sources).map {
          CalibrationSample(logOdds: $0.0, isGenerated: $0.1 == 1, source: $1)
        }
      }
    }

    let cases: [Case]
  }

  private let golden: Golden

  init() throws {
    golden = try JSONDecoder().decode(
      Golden.self, from: Data(Fixtures.bytes("calibration/fits.json")))
  }

  private func isClose(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
    abs(value - expected) <= tolerance * max(1, abs(expected))
  }

  @Test func temperaturesAndBiasesAreThoseOfTheReference() throws {
    #expect(golden.cases.count == 7)
    for golden in golden.cases {
      let fit = try TemperatureFit(golden.samples)
      #expect(isClose(fit.temperature, golden.fit.temperature, 1e-9), "\(golden.name): \(fit)")
      #expect(isClose(fit.bias, golden.fit.bias, 1e-9), "\(golden.name): \(fit)")
      #expect(isClose(fit.logLoss, golden.fit.log_loss, 1e-12), "\(golden.name): \(fit)")
      // Whatever the order.
      #expect(try TemperatureFit(golden.samples.reversed()) == fit)
    }
  }

  @Test func bandsAreThoseOfTheReference() throws {
    for golden in golden.cases {
      for band in golden.bands {
        let name = "\(golden.name), \(band.error_rate), \(band.source_error_rate ?? 0)"
        let calibration = try Calibration.fitted(
          to: golden.samples, weightsSHA256: Self.hash, dataSHA256: Self.hash, errorRate: band.error_rate,
          sourceErrorRate: band.source_error_rate)
        #expect(isClose(calibration.unsure.lowerBound, band.from, 1e-9), "\(name): \(calibration.unsure)")
        #expect(isClose(calibration.unsure.upperBound, band.to, 1e-9), "\(name): \(calibration.unsure)")
        let rate = try #require(calibration.fit.sourceErrorRate)
        #expect(isClose(rate, max(band.real_source_rate, band.fake_source_rate), 1e-12), "\(name): \(rate)")
        #expect(calibration.fit.realCount == golden.fake.count { $0 == 0 })
      }
    }
  }

  private static let hash = String(repeating: "0", count: 64)

  private func samples(_ real: [Double], _ fake: [Double], source: String? = nil) -> [CalibrationSample] {
    real.map { CalibrationSample(logOdds: $0, isGenerated: false, source: source) }
      + fake.map { CalibrationSample(logOdds: $0, isGenerated: true, source: source) }
  }

  @Test func whatCannotBeFittedIsRefused() throws {
    func fit(_ real: [Double], _ fake: [Double], rate: Double = 0.1, source: Double? = nil) throws {
      _ = try Calibration.fitted(
        to: samples(real, fake), weightsSHA256: Self.hash, dataSHA256: Self.hash, errorRate: rate,
        sourceErrorRate: source)
    }
    #expect(throws: CalibrationFitError.oneClass(real: 2, fake: 0)) { try fit([1, 2], []) }
    #expect(throws: CalibrationFitError.oneClass(real: 0, fake: 1)) { try fit([], [1]) }
    #expect(throws: CalibrationFitError.notFinite(index: 1)) { try fit([0, .nan], [1]) }
    #expect(throws: CalibrationFitError.notFinite(index: 2)) { try fit([0, 1], [.infinity]) }
    // Apart, apart but for one value that both have, and the wrong way round.
    #expect(throws: CalibrationFitError.separable) { try fit([0, 1], [2, 3]) }
    #expect(throws: CalibrationFitError.separable) { try fit([0, 1], [1, 3]) }
    #expect(throws: CalibrationFitError.notInformative) { try fit([2, 3], [0, 1]) }
    #expect(throws: CalibrationFitError.notInformative) { try fit([2, 2], [2, 2]) }
    #expect(throws: CalibrationFitError.notInformative) { try fit([1, 2, 3], [0, 1, 2]) }
    for rate in [0, 1, -1, Double.nan] {
      #expect(throws: CalibrationFitError.self) { try fit([0, 2], [1, 3], rate: rate) }
      #expect(throws: CalibrationFitError.self) { try fit([0, 2], [1, 3], source: rate) }
    }
    #expect(throws: CalibrationFitError.unknownSources) { try fit([0, 2], [1, 3], source: 0.1) }
    try fit([0, 2], [1, 3])
  }

  /// Too few images carry no verdict: of nine the best that can be promised is one error in ten.
  @Test func tooFewImagesSayNothing() throws {
    let scores =
      (1...9).map { (score: Double($0) / 20, isGenerated: false, source: String?.none) }
      + (1...9).map { (score: Double($0) / 20 + 0.45, isGenerated: true, source: String?.none) }
    #expect(try ConformalBand(scores, errorRate: 0.099).unsure == 0...1)
    let tenth = try ConformalBand(scores, errorRate: 0.1)
    #expect(tenth.unsure == 0.5...0.5)
    #expect(tenth.realSourceRate == nil)
  }

  /// What is promised, tried: of many draws of calibration images and one more, the one more is called the other thing at
  /// most at the rate, whatever the scores' distribution is, and no less often by much.
  @Test func theRateHoldsOnFurtherImages() throws {
    var random = SplitMix64(seed: 2026)
    func uniform() -> Double { Double(random.next() >> 11) / 9_007_199_254_740_992 }
    let (rate, count, draws) = (0.1, 39, 4000)
    var errors = (real: 0, fake: 0)
    for _ in 0..<draws {
      func score(_ isGenerated: Bool) -> Double {
        let value = uniform()
        // Skewed, with ties, and overlapping.
        return isGenerated ? (sqrt(value) * 50).rounded() / 50 : value * value
      }
      let scores = (0..<2 * count).map {
        (score: score($0 % 2 == 1), isGenerated: $0 % 2 == 1, source: String?.none)
      }
      let unsure = try ConformalBand(scores, errorRate: rate).unsure
      if score(false) > unsure.upperBound { errors.real += 1 }
      if score(true) < unsure.lowerBound { errors.fake += 1 }
    }
    // Three standard deviations of a share of `draws`.
    let noise = 3 * (rate * (1 - rate) / Double(draws)).squareRoot()
    for errors in [errors.real, errors.fake] {
      #expect(Double(errors) / Double(draws) <= rate + noise, "\(errors)")
    }
    // Photographs have no ties: there the rate is met.
    #expect(Double(errors.real) / Double(draws) >= rate - noise, "\(errors)")
  }

  /// The same for one image of a further source, where images of a source are alike: by images alone it does not hold.
  @Test func theSourceRateHoldsOnFurtherSources() throws {
    var random = SplitMix64(seed: 7)
    func uniform() -> Double { Double(random.next() >> 11) / 9_007_199_254_740_992 }
    let (rate, draws) = (0.1, 3000)
    var errors = (bySource: 0, byImage: 0)
    for _ in 0..<draws {
      // The last source is the one more. Its images, like those of each, lie close together.
      let sources = (0..<20).map { _ in (place: uniform() * 0.9, count: Int(random.next() % 12) + 1) }
      func score(_ source: Int) -> Double { sources[source].place + uniform() * 0.1 }
      var scores: [(score: Double, isGenerated: Bool, source: String?)] = [(1, true, "fake")]
      for source in 0..<19 {
        for _ in 0..<sources[source].count { scores.append((score(source), false, "\(source)")) }
      }
      let new = score(19)
      let bySource = try ConformalBand(scores, errorRate: 0.5, sourceErrorRate: rate)
      let byImage = try ConformalBand(scores, errorRate: rate)
      if new > bySource.unsure.upperBound { errors.bySource += 1 }
      if new > byImage.unsure.upperBound { errors.byImage += 1 }
    }
    let noise = 3 * (rate * (1 - rate) / Double(draws)).squareRoot()
    #expect(Double(errors.bySource) / Double(draws) <= rate + noise, "\(errors)")
    #expect(errors.byImage > errors.bySource, "\(errors)")
  }
}
