import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// `Fixtures/metrics/metrics.json`: what scikit-learn, SciPy and NumPy say.
struct MetricGoldens: Decodable {
  struct Binary: Decodable, Sendable, CustomTestStringConvertible {
    struct Draw: Decodable, Sendable {
      let count: Int
      let seed: UInt64
      let steps: Int
    }
    struct Calibration: Decodable, Sendable {
      let positives: [Double]
      let meanScores: [Double]
      let counts: [Int]
      let expectedError: Double
      let maximumError: Double
    }
    struct Resampled: Decodable, Sendable {
      let replicates: Int
      let rocArea: [Double]
      let averagePrecision: [Double]
      let balancedAccuracy: [Double]
    }

    let name: String
    let threshold: Double
    let confusion: [[Int]]
    let accuracy: Double
    let accuracyInterval: [Double]
    let balancedAccuracy: Double
    let binary: [Double]?
    let macro: [Double]
    let weighted: [Double]
    let rocArea: Double?
    let averagePrecision: Double?
    let precisionRecallArea: Double?
    let logLoss: Double
    let brierScore: Double
    let equalWidth: Calibration
    let equalMass: Calibration
    let at1Percent: [Double?]?
    let at5Percent: [Double?]?
    let roc: [[Double?]]?
    let rocDropped: [[Double?]]?
    let precisionRecall: [[Double?]]?
    let bootstrap: Resampled?
    let drawn: Draw?
    let labels: String?
    let scores: [Double]?

    var testDescription: String { name }

    /// The images: stored, or drawn as `make.py` does.
    func data() throws -> BinaryScores {
      if let labels, let scores {
        return try BinaryScores(isPositive: labels.map { $0 == "1" }, scores: scores)
      }
      let drawn = drawn ?? Draw(count: 0, seed: 0, steps: 0)
      var generator = SplitMix64(seed: drawn.seed)
      func unit() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
      var (isPositive, scores) = ([Bool](), [Double]())
      for _ in 0..<drawn.count {
        let positive = generator.next() & 1 == 1
        let (first, second) = (unit(), unit())
        var score = positive ? max(first, second) : min(first, second)
        if drawn.steps > 0 { score = Double(Int(score * Double(drawn.steps))) / Double(drawn.steps) }
        isPositive.append(positive)
        scores.append(score)
      }
      return try BinaryScores(isPositive: isPositive, scores: scores)
    }
  }

  struct Classes: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let labels: Int
    let actual: [Int]
    let predicted: [Int]
    let confusion: [[Int]]
    let accuracy: Double
    let balancedAccuracy: Double
    let macro: [Double]
    let weighted: [Double]
    let each: [[Double]]

    var testDescription: String { name }
  }

  let binary: [Binary]
  let classes: [Classes]
  let wilson: [[Double]]

  static func read() throws -> MetricGoldens {
    try JSONDecoder().decode(MetricGoldens.self, from: Data(Fixtures.bytes("metrics/metrics.json")))
  }
}
