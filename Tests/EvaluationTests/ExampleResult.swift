import AIGuardVision
import TestSupport
@testable import Evaluation

/// An evaluation without a model: scores that are drawn, and names that mean harm.
enum ExampleResult {
  /// Text that would be markup, steer a terminal or turn the reading direction.
  static let hostileName =
    "x/\"><script>alert(1)</script>&amp;'\u{202E}\u{0}\n\u{1B}[31m</td><img src=http://e.x/>.jpg"
  static let hostileLabel = "FAKE<b onload='x'>"

  static func make(models: Int = 1, sweep: Bool = true) throws -> EvaluationResult {
    let evaluations = try (0..<models).map { index in
      var generator = SplitMix64(seed: UInt64(index + 1))
      func unit() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
      let images = (0..<200).map { number in
        let isGenerated = number % 2 == 1
        let (first, second) = (unit(), unit())
        return ScoredImage(
          name: number == 7 ? hostileName : "test/\(isGenerated ? "FAKE" : "REAL")/\(number).jpg",
          isGenerated: isGenerated,
          score: number == 7 ? 0.0001 : isGenerated ? max(first, second) : min(first, second) / 2,
          label: isGenerated ? hostileLabel : "REAL", predictedLabel: "REAL",
          source: number % 9 == 8 ? nil : "source \(number % 5)<i>",
          file: ImageFacts(
            format: number % 3 == 0 ? .png : .jpeg, mode: "RGB", width: 16 << (number % 7), height: 400))
      }
      func metrics(_ images: [ScoredImage]) throws -> BinaryMetrics {
        try BinaryMetrics(BinaryScores(images), bootstrap: nil)
      }
      let rows: [ModelEvaluation.SweepRow] =
        sweep
        ? [
          .init(name: "JPEG 50", recipe: "written again", metrics: try metrics(images), failures: []),
          .init(
            name: "half size", recipe: "smaller", metrics: try metrics(Array(images.prefix(150))),
            failures: [.init(name: hostileName, kind: "empty-output", message: "so narrow <b>")]),
        ] : []
      return try ModelEvaluation(
        model: EvaluatedModel(
          id: "models/\(index)<script>", sha256: String(repeating: "0123456789abcdef", count: 4),
          note: "for <art> & faces", generatedLabels: [hostileLabel], profile: "pillow13", policy: "asStored",
          precision: "float32", kernels: "avx2", version: "0.1.0"),
        images: images, failures: [.init(name: "f.jpg", kind: "model", message: "no")],
        bootstrap: Bootstrap(replicates: 50), sweep: rows)
    }
    return EvaluationResult(
      data: EvaluatedData(
        name: "set<script>", split: "test", listSHA256: String(repeating: "ab", count: 32),
        labels: [
          .init(hostileLabel, isGenerated: true, count: 101), .init("REAL", isGenerated: false, count: 100),
        ],
        exclusion: .init(
          file: "leaked<i>.txt", sha256: String(repeating: "cd", count: 32), listed: 3, excluded: 2),
        sample: "one image in 7",
        failures: [.init(name: hostileName, kind: "truncated", message: "cut short </table>")]),
      models: evaluations)
  }
}
