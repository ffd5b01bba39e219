import AIGuardVision
import Foundation
import TestSupport
import Testing

/// The built executable, run as a user runs it.
@Suite struct CommandLineTests {
  private struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    var lines: [[String: Any]] {
      get throws {
        try output.split(separator: "\n").map {
          try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
      }
    }
  }

  /// The executable lies beside the test bundle.
  private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("aiguard")

  private func run(_ arguments: String..., input: [UInt8] = []) throws -> Outcome {
    try run(arguments, input: input)
  }

  private func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: input)
    try standardInput.fileHandleForWriting.close()
    // Outputs here are far smaller than a pipe's buffer, so reading one after the other cannot block.
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: complaints, as: UTF8.self))
  }

  private func photo(_ name: String) -> String { Fixtures.url("photos/\(name)").path }

  @Test func tableShowsTheLabelsBestFirst() throws {
    let outcome = try run("classify", photo("chelsea.jpg"))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let words = outcome.output.split(whereSeparator: \.isWhitespace)
    try #require(words.count == 5)
    #expect(String(words[0]) == photo("chelsea.jpg"))
    let (best, other) = (try #require(Double(words[2])), try #require(Double(words[4])))
    #expect(best > other)
    #expect(abs(best + other - 1) < 2e-4)
  }

  @Test func jsonLinesHaveTheDocumentedFields() throws {
    let outcome = try run("classify", "--json", photo("chelsea.jpg"), photo("none.jpg"))
    #expect(outcome.status == 1)
    let lines = try outcome.lines
    #expect(
      Set(lines[0].keys) == [
        "file", "predictions", "model", "profile", "policy", "precision", "kernels", "version",
      ])
    let predictions = try #require(lines[0]["predictions"] as? [[String: Any]])
    #expect(predictions.map { Set($0.keys) } == [["label", "score", "logit"], ["label", "score", "logit"]])
    #expect(try #require(predictions[0]["score"] as? Double) > #require(predictions[1]["score"] as? Double))
    #expect(Set(try #require(lines[0]["model"] as? [String: String]).keys) == ["id", "sha256"])
    #expect(Set(lines[1].keys) == ["file", "error"])
    #expect(Set(try #require(lines[1]["error"] as? [String: String]).keys) == ["kind", "message"])
  }

  @Test func standardInputAndFilesGiveTheSame() throws {
    let bytes = try Fixtures.bytes("photos/chelsea.jpg")
    let piped = try run("classify", "--json", "-", input: bytes).lines[0]
    let file = try run("classify", "--json", photo("chelsea.jpg")).lines[0]
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
      let flat = try run("classify", "--json", folder.path)
      #expect(flat.status == 0)
      #expect(try flat.lines.map { ($0["file"] as? String)?.suffix(5) } == ["a.PNG", "b.jpg"])
      let deep = try run("classify", "--json", "--recursive", folder.path)
      #expect(try deep.lines.map { ($0["file"] as? String)?.suffix(5) } == ["a.PNG", "b.jpg", "c.jpg"])
      try FileManager.default.removeItem(at: folder.appendingPathComponent("b.jpg"))
      try FileManager.default.removeItem(at: folder.appendingPathComponent("a.PNG"))
      let empty = try run("classify", "--json", folder.path)
      #expect(empty.status == 1)
      #expect((try empty.lines[0]["error"] as? [String: String])?["kind"] == "empty-folder")
    }
  }

  @Test func optionsReachTheClassifier() throws {
    let one = try run("classify", "--json", "--top-k", "1", photo("chelsea.jpg")).lines[0]
    #expect((one["predictions"] as? [Any])?.count == 1)
    let raw = try run("classify", "--json", "--function-to-apply", "none", photo("chelsea.jpg")).lines[0]
    for prediction in try #require(raw["predictions"] as? [[String: Any]]) {
      #expect(prediction["score"] as? Double == prediction["logit"] as? Double)
    }
    let threads = try ["1", "2", "3"].map {
      try run("classify", "--json", "--threads", $0, photo("chelsea.jpg")).output
    }
    #expect(Set(threads).count == 1)
  }

  @Test func exitCodesAreTheDocumentedOnes() throws {
    #expect(try run("--help").status == 0)
    #expect(try run("--version").output == AIGuardVisionVersion.current + "\n")
    #expect(try run("classify", photo("none.jpg")).status == 1)
    for arguments in [
      ["classify"], ["nonsense"], ["classify", "--nonsense", "x"], ["classify", "--threads", "0", "x"],
      ["classify", "--top-k=-1", "x"], ["classify", "-", "-"],
    ] {
      let outcome = try run(arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(outcome.output.isEmpty)
      #expect(!outcome.errors.isEmpty)
    }
    let noModel = try run("classify", "--model", "/no/such/folder", photo("chelsea.jpg"))
    #expect(noModel.status == 3)
    #expect(noModel.errors.contains("/no/such/folder"))
    let noKernels = try run(["info"], environment: ["AIGUARD_KERNELS": "nonsense"])
    #expect(noKernels.status == 3)
    #expect(noKernels.errors.contains("AIGUARD_KERNELS"))
  }

  @Test func inspectShowsWhatAFileIs() throws {
    let outcome = try run(
      "inspect", "--json", photo("chelsea.jpg"), photo("chelsea-grey.png"), photo("none.jpg"))
    #expect(outcome.status == 1)
    let lines = try outcome.lines
    #expect(
      Set(lines[0].keys) == [
        "file", "format", "width", "height", "mode", "rgbSHA256", "pixelValuesSHA256", "profile",
      ])
    #expect(lines[0]["format"] as? String == "JPEG")
    #expect(lines[0]["width"] as? Int == 451)
    #expect(lines[1]["mode"] as? String == "L")
    #expect(Set(lines[2].keys) == ["file", "error"])
  }

  @Test func infoNamesTheModelAndItsLimits() throws {
    let outcome = try run("info")
    #expect(outcome.status == 0)
    for word in ["REAL", "FAKE", "kernels", "threads", "JPEG", "32x32", "not evidence"] {
      #expect(outcome.output.contains(word), "\(word)")
    }
  }
}
