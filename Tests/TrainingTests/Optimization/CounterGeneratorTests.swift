import TestSupport
import Testing

@testable import Training

/// Against NumPy's Philox and Python's quantiles (`Fixtures/optimizer/philox.json`).
struct CounterGeneratorTests {
  struct Case: Decodable {
    let seed: String
    let stream: String
    let words: [String]
    let later: [String]
    let normals: [Double]
  }
  struct Manifest: Decodable {
    let cases: [Case]
    let quantiles: [[Double]]
  }

  @Test func wordsAreThoseOfNumPy() throws {
    let manifest = try OptimizerGoldens.json("philox.json", as: Manifest.self)
    #expect(manifest.cases.count == 3)
    for item in manifest.cases {
      let generator = CounterGenerator(seed: try #require(UInt64(item.seed)), stream: item.stream)
      let words = (0..<3).flatMap { counter in
        let words = generator.words(UInt64(counter))
        return [words.0, words.1, words.2, words.3]
      }
      #expect(words.map(String.init) == item.words)
      let later = generator.words(7, 3)
      #expect([later.0, later.1, later.2, later.3].map(String.init) == item.later)
      for (place, expected) in item.normals.enumerated() {
        #expect(abs(generator.normal(at: place) - expected) <= 4e-15)
        #expect(Float(generator.normal(at: place)) == Float(expected))
      }
    }
  }

  @Test func quantilesAreThoseOfPython() throws {
    for pair in try OptimizerGoldens.json("philox.json", as: Manifest.self).quantiles {
      #expect(abs(NormalQuantile.value(pair[0]) - pair[1]) <= 4e-15, "\(pair)")
    }
  }

  @Test(arguments: [0x1p-54, 1e-300, 0.3, 0.70710678, 0.7072, 1, 1.5, 2, 12345.678, 0x1p1000])
  func logarithmsAreThoseOfTheLibrary(_ x: Double) {
    let expected = LibraryLogarithm.log(x)
    #expect(abs(NormalQuantile.logarithm(x) - expected) <= 4e-16 * max(1, abs(expected)))
  }

  @Test func distributionsAreWhatTheySay() {
    var values = [Float](repeating: 0, count: 20_000)
    func moments(_ distribution: InitialDistribution) -> (mean: Double, deviation: Double, most: Double) {
      values.withUnsafeMutableBufferPointer { distribution.fill($0, seed: 5, name: "x") }
      let doubles = values.map(Double.init)
      let mean = doubles.reduce(0, +) / 20_000
      let square = doubles.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
      return (mean, square.squareRoot(), doubles.map(abs).max() ?? 0)
    }
    let normal = moments(.normal(deviation: 0.5))
    #expect(abs(normal.mean) < 0.015 && abs(normal.deviation - 0.5) < 0.01 && normal.most > 1.5)
    let uniform = moments(.uniform(bound: 3))
    #expect(abs(uniform.mean) < 0.05 && abs(uniform.deviation - 3.squareRoot()) < 0.03 && uniform.most <= 3)
    // A normal distribution of deviation 1 that is cut at 2 has one of 0.8796.
    let cut = moments(.truncatedNormal(deviation: 1))
    #expect(abs(cut.mean) < 0.02 && abs(cut.deviation - 0.87962566) < 0.01 && cut.most <= 2)
    #expect(moments(.constant(7)) == (7, 0, 7))
  }
}
