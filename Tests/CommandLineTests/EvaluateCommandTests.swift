import Foundation
import TestSupport
import Testing

/// `aiguard evaluate`, as a user has it.
@Suite(.enabled(if: Tool.isBuilt)) struct EvaluateCommandTests {
  private func dataset() throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for (name, fixture) in [
      ("d/FAKE/a.jpg", "photos/astronaut.jpg"), ("d/FAKE/b.jpg", "images/jpeg_7x5.jpg"),
      ("d/REAL/c.jpg", "photos/chelsea.jpg"), ("d/REAL/d.jpg", "photos/rocket.jpg"),
    ] { try folder.write(Fixtures.bytes(fixture), to: name) }
    return folder
  }

  private func evaluate(_ folder: TemporaryDirectory, _ arguments: String) throws -> Tool.Outcome {
    try Tool.shell(
      "exec \"$tool\" evaluate \(arguments.contains("--model") ? "" : "--model builtin:cifake") \(arguments)",
      in: folder.url)
  }

  private func json(_ folder: TemporaryDirectory, _ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.url.appendingPathComponent(name))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func aTableAndThreeFiles() throws {
    let folder = try dataset()
    let outcome = try evaluate(
      folder, "--data d --report r.html --json r.json --scores r.jsonl --threads 2")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(
      outcome.output.hasPrefix("data   d: 2 FAKE (generated), 2 REAL\nmodel  aiguardvision/cifake-convnext "))
    for part in ["\n  accuracy ", "\n  ROC area ", "\nconfusion (threshold 0.5)\n", "  said generated\n"] {
      #expect(outcome.output.contains(part))
    }
    let html = try String(contentsOf: folder.url.appendingPathComponent("r.html"), encoding: .utf8)
    #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
    let models = try #require(try json(folder, "r.json")["models"] as? [[String: Any]])
    #expect(models.count == 1)
    #expect(
      Set(models[0].keys) == [
        "model", "judged", "metrics", "failures", "rocCurve", "precisionRecallCurve", "calibration",
        "calibrationByMass", "tables", "hardest",
      ])
    // The score of a line is what `classify` prints.
    let lines = try String(contentsOf: folder.url.appendingPathComponent("r.jsonl"), encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.count == 4)
    let line = try #require(
      try JSONSerialization.jsonObject(with: Data(lines[2].utf8)) as? [String: Any])
    #expect(line["name"] as? String == "REAL/c.jpg")
    let alone = try Tool.shell(
      "exec \"$tool\" classify --model builtin:cifake --json d/REAL/c.jpg", in: folder.url
    ).lines[0]
    let (score, expected) = (line["score"] as? Double ?? -1, alone["generatedScore"] as? Double ?? -2)
    #expect(Float(score) == Float(expected))
  }

  @Test func severalModelsAndLabelsOfTheirOwn() throws {
    let folder = try dataset()
    try LabelledModel.write(["fake", "real"], to: folder.url.appendingPathComponent("one"))
    try LabelledModel.write(["dalle", "real", "sd"], to: folder.url.appendingPathComponent("two"))
    let outcome = try evaluate(
      folder, "--data d --model one --model two --positive REAL --every 2 --json r.json --threshold 0.25")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("data     d: 1 FAKE, 1 REAL (generated)\nsample   one image in 2,"))
    #expect(outcome.output.contains("\nmodel B  two "))
    let object = try json(folder, "r.json")
    #expect((object["models"] as? [[String: Any]])?.count == 2)
  }

  /// A bad file is named, in no figure, and the exit code says so.
  @Test func badFilesAreNamed() throws {
    let folder = try dataset()
    try folder.write("nothing", to: "d/REAL/e.jpg")
    let outcome = try evaluate(folder, "--data d")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("aiguard: REAL/e.jpg: "))
    #expect(outcome.output.contains("failed  1 of 5\n"))
  }

  @Test(arguments: [
    ("", 2, "Missing expected argument '--data <path>'"),
    ("--data d --threshold 2", 2, "--threshold must be"),
    ("--data d --every 0", 2, "--every must be 1 or more"),
    ("--data d --every 2 --limit-per-source 3", 2, "two samples"),
    ("--data d --generated-label x", 2, "--generated-label goes with --model"),
    ("--data d --threads 0", 2, "--threads must be"), ("--data none", 1, "none"),
    ("--data d --split test", 1, "no image belongs to the split"),
    ("--data d --positive CAT", 1, "the data set has no label CAT"),
    ("--data d --model none.bin", 3, "cannot load the model none.bin"),
    ("--data d --report no/such/folder/r.html", 1, "no/such/folder"),
  ])
  func mistakesEndIt(arguments: String, status: Int32, message: String) throws {
    let folder = try dataset()
    let outcome = try Tool.shell("exec \"$tool\" evaluate \(arguments)", in: folder.url)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }
}
