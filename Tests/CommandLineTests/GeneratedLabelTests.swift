import Foundation
import TestSupport
import Testing

/// P(AI) on the command line: the table, the JSON, and saying which labels mean it.
@Suite(.enabled(if: Tool.isBuilt)) struct GeneratedLabelTests {
  private let image = Fixtures.url("photos/chelsea.jpg").path

  private func model(_ labels: [String], in folder: TemporaryDirectory) throws -> String {
    let path = folder.url.appendingPathComponent("model")
    try LabelledModel.write(labels, to: path)
    return path.path
  }

  @Test func tableAndJSONHaveIt() throws {
    let line = try #require(try Tool.run("classify", "--json", image).lines.first)
    let score = try #require(line["generatedScore"] as? Double)
    let predictions = try #require(line["predictions"] as? [[String: Any]])
    #expect(score == predictions.first { $0["label"] as? String == "FAKE" }?["score"] as? Double)
    let table = try Tool.run("classify", image).output
    let words = table.split(separator: " ").map(String.init)
    let place = try #require(words.firstIndex(of: "P(AI)"))
    #expect(abs(try #require(Double(words[place + 1])) - score) < 1e-4)
  }

  @Test func labelsAreNamed() throws {
    let folder = try TemporaryDirectory()
    let model = try model(["x", "y", "z"], in: folder)
    let unknown = try Tool.run("classify", "--json", "--model", model, image)
    #expect(unknown.status == 0)
    #expect(try unknown.lines[0]["generatedScore"] == nil)
    let named = try Tool.run(
      "classify", "--json", "--model", model, "--generated-label", "z", "--generated-label", "x", image)
    #expect(try named.lines[0]["generatedScore"] is Double)
    #expect(["x", "z"].contains(try named.lines[0]["leadingGenerator"] as? String))
    for command in [["classify", image], ["inspect", image], ["info"], ["inspect-model", model]] {
      var arguments = command + ["--generated-label", "nothing"]
      if command[0] != "inspect-model" { arguments += ["--model", model] }
      let outcome = try Tool.run(arguments)
      #expect(outcome.status == 3, "\(command)")
      #expect(outcome.errors.contains("x, y, z"), "\(outcome.errors)")
    }
    #expect(try Tool.run("classify", "--generated-label", "FAKE", image).status == 2)
    let info = try Tool.run("info", "--model", model, "--generated-label", "y").output
    #expect(info.contains("softmax of y (--generated-label)"))
    #expect(
      try Tool.run("info", "--model", model).output.contains("none: model model has the labels x, y, z"))
  }

  @Test func convertKeepsThem() throws {
    let folder = try TemporaryDirectory()
    let model = try model(["x", "y"], in: folder)
    let out = folder.url.appendingPathComponent("out").path
    #expect(try Tool.run("convert", model, out, "--generated-label", "y").status == 0)
    #expect(try Tool.run("classify", "--json", "--model", out, image).lines[0]["generatedScore"] is Double)
    // What a folder has is converted with it, and what the new one had of another model goes.
    let second = folder.url.appendingPathComponent("second").path
    #expect(try Tool.run("convert", out, second).status == 0)
    let inspected = try Tool.run("inspect-model", "--json", second).lines[0]
    #expect(inspected["generatedLabels"] as? [String] == ["y"])
    #expect(try Tool.run("convert", model, second).status == 0)
    #expect(try Tool.run("inspect-model", "--json", second).lines[0]["generatedLabels"] == nil)
    let wrong = try Tool.run("convert", model, second, "--generated-label", "z")
    #expect(wrong.status == 3)
    #expect(wrong.errors.contains("its labels are x, y"))
    let file = model + "/model.safetensors"
    #expect(try Tool.run("convert", file, second + ".safetensors", "--generated-label", "y").status == 2)
    #expect(try Tool.run("inspect-model", file, "--generated-label", "y").status == 2)
  }
}
