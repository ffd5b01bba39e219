import Foundation
import TestSupport
import Testing

/// Names from outside must not steer the terminal of who reads them, nor break the lines of the output.
@Suite(.enabled(if: Tool.isBuilt)) struct TerminalTextTests {
  private let name = "a\u{1B}[31m\n\u{202E}b.jpg"
  private let escaped = "a\\u{1B}[31m\\n\\u{202E}b.jpg"

  private func isPlain(_ text: String) -> Bool {
    !text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" }
  }

  @Test func fileNamesAreEscapedForPeopleAndExactInJSON() throws {
    let directory = try TemporaryDirectory()
    let image = try directory.write(Fixtures.bytes("images/jpeg_7x5.jpg"), to: name).path
    for command in ["classify", "inspect"] {
      let text = try Tool.run(command, image)
      #expect(text.status == 0)
      #expect(isPlain(text.output))
      #expect(text.output.contains(escaped))
      #expect(try Tool.run(command, "--json", image).lines[0]["file"] as? String == image)
      let failure = try Tool.run(command, image + "\n.none")
      #expect(failure.status == 1)
      #expect(isPlain(failure.errors))
      #expect(failure.errors.split(separator: "\n").count == 1)
    }
    #expect(try Tool.run("classify", image).output.split(separator: "\n").count == 1)
  }

  @Test func longPathsAreShownWhole() throws {
    let directory = try TemporaryDirectory()
    let name = String(repeating: "n", count: 240) + ".jpg"
    let image = try directory.write(Fixtures.bytes("images/jpeg_7x5.jpg"), to: name).path
    #expect(try Tool.run("classify", image).output.contains(image + " "))
  }

  @Test func labelsAndTheModelsNameAreEscaped() throws {
    let directory = try TemporaryDirectory()
    let model = directory.url.appendingPathComponent("model\u{1B}[2J")
    try copyDefaultModel(to: model, changing: "config.json") {
      $0["id2label"] = ["0": "RE\u{1B}[31mAL\n", "1": "FA\rKE"]
      $0["label2id"] = nil
    }
    let image = Fixtures.url("images/jpeg_7x5.jpg").path

    let table = try Tool.run("classify", "--model", model.path, image)
    #expect(isPlain(table.output) && !table.output.contains("\r"))
    #expect(table.output.contains("RE\\u{1B}[31mAL\\n "))
    #expect(table.output.split(separator: "\n").count == 1)
    let info = try Tool.run("info", "--model", model.path)
    #expect(isPlain(info.output))
    #expect(info.output.contains("labels     0 RE\\u{1B}[31mAL\\n, 1 FA\\rKE\n"))
    let json = try Tool.run("classify", "--json", "--model", model.path, image)
    let predictions = try #require(json.lines[0]["predictions"] as? [[String: Any]])
    #expect(Set(predictions.compactMap { $0["label"] as? String }) == ["RE\u{1B}[31mAL\n", "FA\rKE"])
  }

  @Test func messagesAboutArgumentsAreEscaped() throws {
    let usage = try Tool.run("classify", "--x\u{1B}[2J", "y")
    #expect(usage.status == 2)
    #expect(isPlain(usage.errors))
    let model = try Tool.run("info", "--model", "/none/\(name)")
    #expect(model.status == 3)
    #expect(model.errors.contains("/none/\(escaped)"))
    #expect(model.errors.split(separator: "\n").count == 1)
  }
}
