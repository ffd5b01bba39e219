import Foundation
import TestSupport
import Testing

/// `aiguard classify --views`, and with several models, as a user has them.
@Suite(.enabled(if: Tool.isBuilt)) struct ViewsCommandTests {
  private let image = Fixtures.url("photos/chelsea.jpg").path
  private let tiny = Fixtures.url("images/jpeg_1x1.jpg").path

  private func models() throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for (name, labels) in [
      ("one", ["fake", "real"]), ("two", ["dalle", "real", "sd"]), ("odd", ["cat", "dog"]),
    ] {
      try LabelledModel.write(labels, to: folder.url.appendingPathComponent(name))
    }
    return folder
  }

  private func classify(_ folder: TemporaryDirectory, _ arguments: String) throws -> Tool.Outcome {
    try Tool.shell("exec \"$tool\" classify \(arguments)", in: folder.url)
  }

  /// A line has what it has without `--views`, and the figures of the views, which follow from their scores.
  @Test func jsonHasEveryView() throws {
    let folder = try models()
    let arguments = "--json --model one \(image) none.jpg \(tiny) - < \(image)"
    let outcome = try classify(folder, "--views \(arguments)")
    #expect(outcome.status == 1)
    let (lines, plain) = (try outcome.lines, try classify(folder, arguments).lines)
    #expect(lines.count == 4 && plain.count == 4)
    for (line, plain) in zip(lines, plain) {
      let added = Set(line.keys).subtracting(plain.keys)
      #expect(plain as NSDictionary == line.filter { plain.keys.contains($0.key) } as NSDictionary)
      guard line["error"] == nil else {
        #expect(added.isEmpty && line["file"] as? String == "none.jpg")
        continue
      }
      #expect(added == ["views", "viewMean", "viewStandardDeviation", "viewSpread", "unstable"])
      let views = try #require(line["views"] as? [[String: Any]])
      let scores = views.compactMap { $0["generatedScore"] as? Double }
      #expect(scores.count == (line["file"] as? String == tiny ? 5 : 10))
      #expect(views.first?["view"] as? String == "whole" && scores.first == line["generatedScore"] as? Double)
      let mean = scores.reduce(0, +) / Double(scores.count)
      let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let figures: [(String, Double)] = [
        ("viewMean", mean), ("viewStandardDeviation", (squares / Double(scores.count)).squareRoot()),
        ("viewSpread", (scores.max() ?? 0) - (scores.min() ?? 0)),
      ]
      for (name, expected) in figures {
        #expect(abs(try #require(line[name] as? Double) - expected) < 1e-6, "\(name)")
      }
      #expect(line["unstable"] as? Bool == (Set(scores.map { $0 >= 0.5 }).count == 2))
    }
  }

  @Test func theTableHasThreeRowsForAnImage() throws {
    let folder = try models()
    let outcome = try classify(folder, "--views --model one \(image)")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let rows = outcome.output.split(separator: "\n").map(String.init)
    #expect(rows.count == 3)
    #expect(rows[0] + "\n" == (try classify(folder, "--model one \(image)").output))
    #expect(rows[1].hasPrefix("\(image)  views  whole 0.") && rows[1].contains("  crop-bottom-right 0."))
    #expect(rows[2].hasPrefix("\(image)  mean 0.") && rows[2].hasSuffix("stable"))
  }

  /// Each model as it is alone, and what they say together.
  @Test func severalModelsAreAnEnsemble() throws {
    let folder = try models()
    let outcome = try classify(folder, "--json --top-k 1 --model one --model two \(image) none.jpg \(tiny)")
    #expect(outcome.status == 1 && outcome.errors.isEmpty)
    let lines = try outcome.lines
    #expect(lines.count == 3)
    for (index, line) in lines.enumerated() where index != 1 {
      #expect(Set(line.keys) == ["file", "models", "ensembleScore", "generatedCount", "unanimous"])
      let answers = try #require(line["models"] as? [NSDictionary])
      for (answer, model) in zip(answers, ["one", "two"]) {
        var alone = try classify(
          folder, "--json --top-k 1 --model \(model) \(line["file"] as? String ?? "")"
        ).lines[0]
        alone["file"] = nil
        #expect(answer == alone as NSDictionary)
      }
      let scores = answers.compactMap { $0["generatedScore"] as? Double }
      let generated = scores.filter { $0 >= 0.5 }.count
      #expect(scores.count == 2)
      #expect(abs(try #require(line["ensembleScore"] as? Double) - scores.reduce(0, +) / 2) < 1e-7)
      #expect(line["generatedCount"] as? Int == generated)
      #expect(line["unanimous"] as? Bool == (generated != 1))
    }
    #expect((lines[1]["error"] as? [String: String])?["kind"] == "unreadable-file")

    let rows = try classify(folder, "--model one --model two \(image)").output.split(separator: "\n")
    #expect(rows.count == 3)
    for (row, name) in zip(rows, ["one     ", "two     ", "together"]) {
      #expect(row.hasPrefix("\(image)  \(name)  P(AI) 0."))
    }
    #expect(rows.last?.contains(" of 2 say generated  ") == true)
  }

  /// What goes with one model only is refused by name.
  @Test(arguments: [
    "--views", "--revision main", "--weights model.safetensors", "--base one", "--packed-cache",
  ])
  func whatGoesWithOneModelIsRefused(_ option: String) throws {
    let folder = try models()
    let outcome = try classify(folder, "\(option) --model org/one --model org/two \(image)")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("\(option.split(separator: " ")[0]) goes with one --model"))
  }

  @Test func commandsForOneModelRefuseTwo() throws {
    let folder = try models()
    for command in ["info", "embed --json \(image)", "inspect \(image)"] {
      let outcome = try Tool.shell("exec \"$tool\" \(command) --model one --model two", in: folder.url)
      #expect(outcome.status == 2 && outcome.errors.contains("name one --model"), "\(command)")
    }
  }

  /// Views of scores that nobody knows the meaning of.
  @Test func unknownLabelsAreRefused() throws {
    let folder = try models()
    let outcome = try classify(folder, "--views --model odd \(image)")
    #expect(outcome.status == 3 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("cat") && outcome.errors.contains("--views"))
  }
}
