import Foundation
import TestSupport
import Testing

/// `aiguard compare`, as a user has it.
@Suite(.enabled(if: Tool.isBuilt)) struct CompareCommandTests {
  private let image = Fixtures.url("photos/chelsea.jpg").path
  private let other = Fixtures.url("images/jpeg_7x5.jpg").path

  /// Models in folders of these names.
  private func write(_ models: [(name: String, labels: [String])]) throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for model in models {
      try LabelledModel.write(model.labels, to: folder.url.appendingPathComponent(model.name))
    }
    return folder
  }

  private static let three: [(name: String, labels: [String])] = [
    ("one", ["fake", "real"]), ("two", ["dalle", "real", "sd"]), ("three", ["LABEL_0"]),
  ]

  private func compare(_ folder: TemporaryDirectory, _ arguments: String) throws -> Tool.Outcome {
    try Tool.shell("exec \"$tool\" compare \(arguments)", in: folder.url)
  }

  /// A line has for each model what `classify --json` prints for it.
  @Test func jsonHasWhatEachModelSays() throws {
    let folder = try write(Self.three)
    let outcome = try compare(
      folder, "--json --model one --model two --model three \(image) none.jpg \(other)")
    #expect(outcome.status == 1)
    #expect(outcome.errors.isEmpty)
    let lines = try outcome.lines
    #expect(lines.map { $0["file"] as? String } == [image, "none.jpg", other])
    #expect(Set(lines[1].keys) == ["file", "error"])
    #expect((lines[1]["error"] as? [String: String])?["kind"] == "unreadable-file")
    for line in [lines[0], lines[2]] {
      #expect(Set(line.keys) == ["file", "models", "agreement", "mean", "spread"])
      let answers = try #require(line["models"] as? [NSDictionary])
      for (answer, model) in zip(answers, Self.three) {
        let alone = try Tool.shell(
          "exec \"$tool\" classify --json --model \(model.name) \(line["file"] as? String ?? "")",
          in: folder.url)
        var expected = try alone.lines[0]
        expected["file"] = nil
        #expect(answer == expected as NSDictionary)
        #expect(answer["generatedScore"] is Double)
      }
      #expect(answers.count == 3)
      #expect(answers[1]["leadingGenerator"] is String)
    }
  }

  @Test func theTableHasAColumnForEachModel() throws {
    let folder = try write(Self.three)
    let outcome = try compare(folder, "--model one --model two --model three \(image) none.jpg \(other)")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "aiguard: none.jpg: open: No such file or directory\n")
    let rows = outcome.output.split(separator: "\n").map {
      $0.split(whereSeparator: { $0 == " " }).map(String.init)
    }
    #expect(rows.count == 3)
    #expect(rows[0] == ["one", "two", "three", "mean", "spread", "agreement", "file"])
    for (row, file) in [(rows[1], image), (rows[2], other)] {
      let numbers = row.prefix(5).compactMap(Double.init)
      try #require(numbers.count == 5)
      #expect(abs(numbers[3] - numbers[..<3].reduce(0, +) / 3) < 1e-3)
      #expect(["generated", "real", "split"].contains(row[5]))
      #expect(row[6] == file)
    }
  }

  /// Names that would not fit over a column are explained before the table.
  @Test func longNamesAreLetters() throws {
    let folder = try write([("a-detector-with-a-name", ["fake", "real"]), ("b", ["ai", "hum"])])
    let output = try compare(folder, "--model a-detector-with-a-name --model b \(other)").output
    #expect(
      output.hasPrefix("A  a-detector-with-a-name\nB  b\n\nA       B       mean    spread  agreement  file\n")
    )
    // So are names that are not told apart.
    let twice = try compare(folder, "--model b --model b \(other)").output
    #expect(twice.hasPrefix("A  b\nB  b\n\n"))
  }

  @Test func memoryChangesNoAnswer() throws {
    let folder = try write(Self.three)
    let files = "\(Fixtures.url("photos").path) \(other) -"
    let options = "--json --model one --model two --model three"
    func run(_ memory: String) throws -> Tool.Outcome {
      try Tool.shell("exec \"$tool\" compare \(options) \(memory) \(files) < \(image)", in: folder.url)
    }
    let whole = try run("")
    #expect(whole.status == 0)
    #expect(try whole.lines.last?["file"] as? String == "-")
    for memory in ["128KiB", "120KB"] { #expect(try run("--max-memory \(memory)").output == whole.output) }
    let little = try run("--max-memory 20KB")
    #expect(little.status == 3)
    #expect(little.output.isEmpty)
    #expect(little.errors.contains("--max-memory"))
  }

  @Test func whatCannotBeComparedEndsBeforeAnythingRuns() throws {
    let folder = try write([("one", ["fake", "real"]), ("two", ["NSFW", "SFW"])])
    let unknown = try compare(folder, "--model one --model two \(image)")
    #expect(unknown.status == 3)
    #expect(unknown.output.isEmpty)
    #expect(unknown.errors.contains("cannot load the model two: ") && unknown.errors.contains("NSFW, SFW"))
    let named = try compare(folder, "--json --model one --model two --generated-label NSFW \(image)")
    #expect(named.status == 0)
    let models = try #require(named.lines[0]["models"] as? [[String: Any]])
    #expect(models.count == 2)
    let nobodys = try compare(folder, "--model one --model one --generated-label NSFW \(image)")
    #expect(nobodys.status == 3)
    #expect(nobodys.errors.contains("none of the models has the label NSFW"))
    #expect(try compare(folder, "--model one --model none \(image)").status == 3)
    for arguments in [
      "--model one \(image)", image, "--model one --model two", "--model one --model two - -",
      "--model one --model two --max-memory 0 \(image)", "--model one --model two --max-memory 2XB \(image)",
      "--model one --model two --threads 0 \(image)",
    ] {
      let outcome = try compare(folder, arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(outcome.output.isEmpty)
    }
  }

  @Test func foldersAndEmptyOnes() throws {
    let folder = try write(Self.three)
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("empty"), withIntermediateDirectories: true)
    let outcome = try compare(folder, "--json --model one --model two empty \(Fixtures.url("photos").path)")
    #expect(outcome.status == 1)
    #expect(try outcome.kinds.first == "empty-folder")
    #expect(try outcome.lines.count > 2)
  }
}
