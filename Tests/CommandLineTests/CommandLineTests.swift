import AIGuardDefaultModel
import AIGuardVision
import Foundation
import TestSupport
import Testing

/// What the commands do, and what they tell their caller.
@Suite(.enabled(if: Tool.isBuilt)) struct CommandLineTests {
  private func photo(_ name: String) -> String { Fixtures.url("photos/\(name)").path }

  @Test func tableShowsTheLabelsBestFirst() throws {
    let outcome = try Tool.run("classify", photo("chelsea.jpg"))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let words = outcome.output.split(whereSeparator: \.isWhitespace)
    try #require(words.count == 7)
    #expect(String(words[0]) == photo("chelsea.jpg"))
    let (best, other) = (try #require(Double(words[4])), try #require(Double(words[6])))
    #expect(best > other)
    #expect(abs(best + other - 1) < 2e-4)
  }

  @Test func jsonLinesHaveTheDocumentedFields() throws {
    let outcome = try Tool.run("classify", "--json", photo("chelsea.jpg"), photo("none.jpg"))
    #expect(outcome.status == 1)
    let lines = try outcome.lines
    #expect(
      Set(lines[0].keys) == [
        "file", "predictions", "generatedScore", "model", "profile", "policy", "precision", "kernels",
        "version",
      ])
    let predictions = try #require(lines[0]["predictions"] as? [[String: Any]])
    #expect(predictions.map { Set($0.keys) } == [["label", "score", "logit"], ["label", "score", "logit"]])
    #expect(try #require(predictions[0]["score"] as? Double) > #require(predictions[1]["score"] as? Double))
    #expect(Set(try #require(lines[0]["model"] as? [String: String]).keys) == ["id", "sha256"])
    #expect(Set(lines[1].keys) == ["file", "error"])
    #expect(Set(try #require(lines[1]["error"] as? [String: String]).keys) == ["kind", "message"])
  }

  /// A line is the result as the library encodes it, and the name of the file.
  @Test func jsonLinesAreTheLibrarysOwn() throws {
    let classifier = try ImageClassifier.defaultModel()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let result = try classifier.classifyAndWait(fileAt: photo("chelsea.jpg"))
    let json = String(decoding: try encoder.encode(result), as: UTF8.self)
    let line = #"{"file":"\#(photo("chelsea.jpg"))","# + json.dropFirst() + "\n"
    #expect(try Tool.run("classify", "--json", photo("chelsea.jpg")).output == line)
  }

  @Test func standardInputAndFilesGiveTheSame() throws {
    let bytes = try Fixtures.bytes("photos/chelsea.jpg")
    let piped = try Tool.run("classify", "--json", "-", input: bytes).lines[0]
    let file = try Tool.run("classify", "--json", photo("chelsea.jpg")).lines[0]
    #expect(piped["file"] as? String == "-")
    #expect(piped["predictions"] as? NSArray == file["predictions"] as? NSArray)
  }

  @Test func foldersStandForTheirImages() throws {
    try withTemporaryDirectory { folder in
      let inner = folder.appendingPathComponent("inner", isDirectory: true)
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      let bytes = Data(try Fixtures.bytes("photos/chelsea.jpg"))
      try bytes.write(to: folder.appendingPathComponent("b.jpg"))
      try bytes.write(to: folder.appendingPathComponent("a.PNG"))
      try bytes.write(to: inner.appendingPathComponent("c.jpg"))
      try Data("notes".utf8).write(to: folder.appendingPathComponent("notes.txt"))
      let flat = try Tool.run("classify", "--json", folder.path)
      #expect(flat.status == 0)
      #expect(try flat.lines.map { ($0["file"] as? String)?.suffix(5) } == ["a.PNG", "b.jpg"])
      let deep = try Tool.run("classify", "--json", "--recursive", folder.path)
      #expect(try deep.lines.map { ($0["file"] as? String)?.suffix(5) } == ["a.PNG", "b.jpg", "c.jpg"])
      try FileManager.default.removeItem(at: folder.appendingPathComponent("b.jpg"))
      try FileManager.default.removeItem(at: folder.appendingPathComponent("a.PNG"))
      let empty = try Tool.run("classify", "--json", folder.path)
      #expect(empty.status == 1)
      #expect((try empty.lines[0]["error"] as? [String: String])?["kind"] == "empty-folder")
    }
  }

  @Test func optionsReachTheClassifier() throws {
    let one = try Tool.run("classify", "--json", "--top-k", "1", photo("chelsea.jpg")).lines[0]
    #expect((one["predictions"] as? [Any])?.count == 1)
    let raw = try Tool.run("classify", "--json", "--function-to-apply", "none", photo("chelsea.jpg")).lines[0]
    for prediction in try #require(raw["predictions"] as? [[String: Any]]) {
      #expect(prediction["score"] as? Double == prediction["logit"] as? Double)
    }
    for name in ["softmax", "Softmax", "SIGMOID", "None"] {
      let outcome = try Tool.run("classify", "--function-to-apply", name, photo("chelsea.jpg"))
      #expect(outcome.status == 0, "\(name)")
    }
    let threads = try ["1", "2", "3"].map {
      try Tool.run("classify", "--json", "--threads", $0, photo("chelsea.jpg")).output
    }
    #expect(Set(threads).count == 1)
  }

  @Test func exitCodesAreTheDocumentedOnes() throws {
    #expect(try Tool.run("--help").status == 0)
    #expect(try Tool.run("--version").output == AIGuardVisionVersion.current + "\n")
    #expect(try Tool.run("classify", photo("none.jpg")).status == 1)
    for arguments in [
      ["classify"], ["nonsense"], ["classify", "--nonsense", "x"], ["classify", "--threads", "0", "x"],
      ["classify", "--threads", "1025", "x"], ["classify", "--top-k=-1", "x"], ["classify", "-", "-"],
      ["inspect"], ["inspect", "-", "-"], ["classify", "--function-to-apply", "maximum", "x"],
    ] {
      let outcome = try Tool.run(arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(outcome.output.isEmpty)
      #expect(!outcome.errors.isEmpty)
    }
    let noModel = try Tool.run("classify", "--model", "/no/such/folder", photo("chelsea.jpg"))
    #expect(noModel.status == 3)
    #expect(noModel.errors.contains("/no/such/folder"))
    let noKernels = try Tool.run(["info"], environment: ["AIGUARD_KERNELS": "nonsense"])
    #expect(noKernels.status == 3)
    #expect(noKernels.errors.contains("AIGUARD_KERNELS"))
  }

  @Test func inspectShowsWhatAFileIs() throws {
    let outcome = try Tool.run(
      "inspect", "--json", photo("chelsea.jpg"), photo("chelsea-grey.png"), photo("none.jpg"))
    #expect(outcome.status == 1)
    let lines = try outcome.lines
    #expect(
      Set(lines[0].keys) == [
        "file", "format", "width", "height", "mode", "orientation", "rgbSHA256", "pixelValuesSHA256",
        "profile", "policy",
      ])
    #expect(lines[0]["format"] as? String == "JPEG")
    #expect(lines[0]["width"] as? Int == 451)
    #expect(lines[1]["mode"] as? String == "L")
    #expect(Set(lines[2].keys) == ["file", "error"])
  }

  @Test func profileAndPolicyChangeThePixelValues() throws {
    let file = Fixtures.url("images/jpeg_exif_orient6.jpg").path
    let plain = try #require(Tool.run("inspect", "--json", file).lines.first)
    let other = try #require(
      Tool.run("inspect", "--json", "--profile", "torchvision", "--policy", "pipeline", file).lines.first)
    #expect(plain["orientation"] as? Int == 6)
    #expect(plain["rgbSHA256"] as? String == other["rgbSHA256"] as? String)
    #expect(plain["pixelValuesSHA256"] as? String != other["pixelValuesSHA256"] as? String)
    #expect(other["profile"] as? String == "torchvision")
    #expect(other["policy"] as? String == "pipeline")
  }

  @Test func imageThatIsTooLargeIsNotTheModelsFault() throws {
    let directory = try TemporaryDirectory()
    let model = directory.url.appendingPathComponent("model")
    try copyDefaultModel(to: model, changing: "preprocessor_config.json") {
      $0["size"] = ["height": 90_000, "width": 90_000]
    }
    let outcome = try Tool.run("inspect", "--json", "--model", model.path, photo("chelsea.jpg"))
    #expect(outcome.status == 1)
    #expect(try outcome.kinds == ["limit-exceeded"])
  }

  @Test func inspectReadsStandardInput() throws {
    let bytes = try Fixtures.bytes("photos/chelsea.jpg")
    var piped = try Tool.run("inspect", "--json", "-", input: bytes).lines[0]
    let file = try Tool.run("inspect", "--json", photo("chelsea.jpg")).lines[0]
    #expect(piped["file"] as? String == "-")
    piped["file"] = file["file"]
    #expect(piped as NSDictionary == file as NSDictionary)
  }

  @Test func withoutACommandThereIsHelp() throws {
    let bare = try Tool.run()
    #expect(bare.status == 0)
    #expect(bare.errors.isEmpty)
    let help = try Tool.run("--help").output
    #expect(bare.output.trimmingCharacters(in: .newlines) == help.trimmingCharacters(in: .newlines))
    #expect(try Tool.run("help", "classify").status == 0)
  }

  @Test func infoNamesTheModelAndItsLimits() throws {
    let outcome = try Tool.run("info")
    #expect(outcome.status == 0)
    for word in ["REAL", "FAKE", "kernels", "threads", "JPEG", "32x32", "not evidence"] {
      #expect(outcome.output.contains(word), "\(word)")
    }
  }
}
