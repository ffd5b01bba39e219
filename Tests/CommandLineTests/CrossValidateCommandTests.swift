import Foundation
import TestSupport
import Testing

/// `aiguard cross-validate`: each image is judged by the model that was taught without its source.
@Suite(.enabled(if: Tool.isBuilt)) struct CrossValidateCommandTests {
  private func prepare(_ folder: TemporaryDirectory) throws {
    var random = SplitMix64(seed: 5)
    for (label, sources, offset) in [("FAKE", ["gan", "sd"], UInt8(100)), ("REAL", ["phone", "press"], 0)] {
      for source in sources {
        for index in 0..<6 {
          let image = ToyImages.bitmap { _ in offset + UInt8.random(in: 0...120, using: &random) }
          try folder.write(image, to: "data/\(label)/\(source)/\(index).bmp")
        }
      }
    }
    try ToyImages.writeConfiguration(
      to: folder.url.appendingPathComponent("net"), labels: ["REAL", "FAKE"])
    try folder.write(#"{"max_steps": 6, "learning_rate": 5e-3}"#, to: "recipe.json")
  }

  private func arguments(_ folder: TemporaryDirectory, _ more: String...) -> [String] {
    func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
    return [
      "cross-validate", "--data", path("data"), "--config", path("net/config.json"), "--recipe",
      path("recipe.json"), "--threads", "2", "--out", path("out"), "--scores", path("scores.jsonl"), "--json",
      path("figures.json"),
    ] + more
  }

  private func scores(_ text: String) throws -> [String: Double] {
    struct Line: Decodable {
      let name: String
      let score: Double
    }
    let lines = try text.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    return Dictionary(lines.map { ($0.name, $0.score) }) { _, last in last }
  }

  @Test func imagesAreJudgedByTheModelThatDidNotSeeTheirSource() throws {
    let folder = try TemporaryDirectory()
    try prepare(folder)
    let outcome = try Tool.run(arguments(folder, "--folds", "2"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("by fold") && outcome.output.contains("mean"))
    let pooled = try scores(
      String(contentsOf: folder.url.appendingPathComponent("scores.jsonl"), encoding: .utf8))
    #expect(pooled.count == 24)
    for fold in 1...2 {
      let model = folder.url.appendingPathComponent("out/fold-\(fold)")
      // What the model was taught on says who may judge.
      let report = try String(contentsOf: model.appendingPathComponent("training.json"), encoding: .utf8)
      #expect(report.contains("\"FAKE\": 6") && report.contains("\"REAL\": 6"), "\(report)")
      let list = folder.url.appendingPathComponent("fold.jsonl").path
      let alone = try Tool.run([
        "evaluate", "--data", folder.url.appendingPathComponent("data").path, "--model", model.path,
        "--scores",
        list,
      ])
      #expect(alone.status == 0, "\(alone.errors)")
      let all = try scores(String(contentsOfFile: list, encoding: .utf8))
      let held = all.filter { name, _ in
        (name.contains("/gan/") || name.contains("/press/")) == (fold == 1)
      }
      #expect(held.count == 12)
      for (name, score) in held { #expect(pooled[name] == score, "\(name)") }
      #expect(all.contains { name, score in held[name] == nil && pooled[name] != score })
    }
    let again = try Tool.run(arguments(folder, "--folds", "2", "--resume"))
    #expect(again.status == 0 && again.output == outcome.output, "\(again.errors)")
    let refused = try Tool.run(arguments(folder, "--folds", "2"))
    #expect(refused.status == 1 && refused.errors.contains("fold-1"), "\(refused.errors)")
  }

  @Test(
    arguments: [(["--folds", "1"], 2, "--folds must be 2 or more"), (["--folds", "5"], 1, "4 sources")]
      as [([String], Int32, String)])
  func wrongFoldsAreRefused(more: [String], status: Int32, message: String) throws {
    let folder = try TemporaryDirectory()
    try prepare(folder)
    let outcome = try Tool.run(arguments(folder) + more)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("out").path))
  }
}
