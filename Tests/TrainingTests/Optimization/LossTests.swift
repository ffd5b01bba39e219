import TestSupport
import Testing

@testable import Training

/// Against PyTorch in float64 (`Fixtures/optimizer/losses.json`).
struct LossTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let images: Int
    let classes: Int
    let labels: [Int]?
    let smoothing: Double
    let binary: Bool
    let temperature: Double?
    let share: Double
    let loss: Double
    let batches: [Int]

    var testDescription: String { name }
  }
  struct Manifest: Decodable { let cases: [Case] }

  static let cases = (try? OptimizerGoldens.json("losses.json", as: Manifest.self).cases) ?? []

  @Test func casesAreThere() { #expect(Self.cases.count == 16) }

  @Test(arguments: cases) func lossAndGradientAreThoseOfPyTorch(_ item: Case) throws {
    let golden = try GoldenFile("optimizer/losses.safetensors")
    func tensor(_ key: String) throws -> [Float]? {
      golden.keys.contains("\(item.name).\(key)") ? try golden.floats("\(item.name).\(key)") : nil
    }
    let logits = try golden.floats("\(item.name).logits")
    let expected = try golden.doubles("\(item.name).gradient")
    let loss = try Loss(
      item.binary
        ? .binaryCrossEntropy(positiveWeights: tensor("positiveWeights"))
        : .crossEntropy(labelSmoothing: item.smoothing),
      classWeights: tensor("weights"),
      distillation: item.temperature.map { .init(temperature: $0, weight: item.share) })
    let shares = try tensor("shares")
    let teacher = try tensor("teacher")
    func targets(_ images: Range<Int>) throws -> LossTargets {
      if let labels = item.labels { return .classes(Array(labels[images])) }
      let places = images.lowerBound * item.classes..<images.upperBound * item.classes
      return .shares(Array(try #require(shares)[places]))
    }

    // All at once, and in the batches of one update.
    for batches in [[item.images], item.batches] {
      var parts: [Range<Int>] = []
      for count in batches {
        parts.append((parts.last?.upperBound ?? 0)..<(parts.last?.upperBound ?? 0) + count)
      }
      var denominator = Loss.Denominator()
      for part in parts {
        denominator += try loss.denominator(of: targets(part), classes: item.classes)
      }
      var sum = 0.0
      var gradients = [Float](repeating: .nan, count: logits.count)
      try logits.withUnsafeBufferPointer { logits in
        try gradients.withUnsafeMutableBufferPointer { gradients in
          for part in parts {
            let place = part.lowerBound * item.classes
            sum += try loss.evaluate(
              logits: try #require(logits.baseAddress) + place, classes: item.classes, targets: targets(part),
              teacher: teacher.map { Array($0[place..<part.upperBound * item.classes]) },
              denominator: denominator, gradients: try #require(gradients.baseAddress) + place)
          }
        }
      }
      #expect(abs(sum - item.loss) <= 1e-12 * max(1, abs(item.loss)), "\(sum), expected \(item.loss)")
      let most = expected.map(abs).max() ?? 0
      let worst = largestError(gradients, expected)
      #expect(worst.error <= 1e-7 * most, "\(worst)")
    }
  }

  private func evaluate(_ loss: Loss, _ logits: [Float], classes: Int, _ targets: LossTargets) throws -> (
    Double, [Float]
  ) {
    var gradients = [Float](repeating: .nan, count: logits.count)
    let value = try gradients.withUnsafeMutableBufferPointer { gradients in
      try loss.evaluate(
        logits: logits, classes: classes, targets: targets, gradients: try #require(gradients.baseAddress))
    }
    return (value, gradients)
  }

  @Test func hugeLogitsGiveFiniteLosses() throws {
    let huge = Float.greatestFiniteMagnitude
    let (loss, gradients) = try evaluate(Loss(), [huge, -huge, 0], classes: 3, .classes([1]))
    #expect(loss == Double(huge) * 2)
    #expect(gradients == [1, -1, 0])
    let (binary, slopes) = try evaluate(
      Loss(.binaryCrossEntropy(positiveWeights: nil)), [huge, -huge], classes: 1, .classes([0, 1]))
    #expect(binary == Double(huge))
    #expect(slopes == [0.5, -0.5])
  }

  @Test func badInputIsNamed() throws {
    #expect(throws: OptimizationError.nonFiniteLogit(image: 1, index: 0)) {
      try evaluate(Loss(), [0, 1, .nan, 0], classes: 2, .classes([0, 1]))
    }
    #expect(throws: OptimizationError.nonFiniteLogit(image: 0, index: 1)) {
      try evaluate(Loss(), [0, .infinity], classes: 2, .classes([0]))
    }
    #expect(throws: OptimizationError.labelOutOfRange(image: 1, label: 2, classes: 2)) {
      try evaluate(Loss(), [0, 0, 0, 0], classes: 2, .classes([0, 2]))
    }
    #expect(throws: OptimizationError.labelOutOfRange(image: 0, label: -1, classes: 2)) {
      try evaluate(Loss(), [0, 0], classes: 2, .classes([-1]))
    }
    #expect(throws: OptimizationError.labelOutOfRange(image: 0, label: 2, classes: 2)) {
      try evaluate(Loss(.binaryCrossEntropy(positiveWeights: nil)), [0], classes: 1, .classes([2]))
    }
    #expect(throws: OptimizationError.target(purpose: "shares", image: 0, found: 1.5)) {
      try evaluate(Loss(), [0, 0], classes: 2, .shares([0, 1.5]))
    }
    #expect(throws: OptimizationError.targetCount(purpose: "shares", found: 3, expected: 4)) {
      try evaluate(Loss(), [0, 0, 0, 0], classes: 2, .shares([0, 1, 1]))
    }
    #expect(throws: OptimizationError.targetCount(purpose: "weights of classes", found: 3, expected: 2)) {
      try evaluate(Loss(classWeights: [1, 1, 1]), [0, 0], classes: 2, .classes([0]))
    }
    #expect(throws: OptimizationError.targetCount(purpose: "logits of the teacher", found: 0, expected: 2)) {
      try evaluate(
        Loss(distillation: .init(temperature: 1, weight: 1)), [0, 0], classes: 2, .classes([0]))
    }
    #expect(throws: OptimizationError.self) { try Loss(.crossEntropy(labelSmoothing: 1.5)) }
    #expect(throws: OptimizationError.self) { try Loss(distillation: .init(temperature: 0, weight: 0.5)) }
    #expect(throws: OptimizationError.self) { try Loss(classWeights: [.nan]) }
  }
}
