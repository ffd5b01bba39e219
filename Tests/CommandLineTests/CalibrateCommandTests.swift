import Foundation
import TestSupport
import Testing

/// `aiguard calibrate`, from labelled images to a file that verdicts are made by.
@Suite(.enabled(if: Tool.isBuilt)) struct CalibrateCommandTests {
  private let folder: TemporaryDirectory
  private var model: String { folder.url.appendingPathComponent("model").path }
  private var data: String { folder.url.appendingPathComponent("data").path }
  private var file: String { model + "/calibration.json" }

  init() throws {
    folder = try TemporaryDirectory()
    try LabelledModel.write(["x", "y"], to: folder.url.appendingPathComponent("model"))
    // By their scores, so that generated images have higher ones, with some overlap.
    let names = ["astronaut", "chelsea", "coffee", "rocket"]
    let lines = try Tool.run(
      ["classify", "--json", "--model", model, "--generated-label", "y"]
        + names.map { Fixtures.url("photos/\($0).jpg").path }
    ).lines
    let scores = zip(names, lines.map { $0["generatedScore"] as? Double ?? 0 })
    let sorted = scores.sorted { $0.1 < $1.1 }.map(\.0)
    for (label, indices) in [("REAL", [0, 0, 1, 2]), ("FAKE", [1, 2, 3, 3])] {
      for (number, index) in indices.enumerated() {
        try folder.write(
          Fixtures.bytes("photos/\(sorted[index]).jpg"),
          to: "data/val/\(label)/source\(number % 3)/\(number)-\(sorted[index]).jpg")
      }
    }
    try folder.write([1, 2, 3], to: "data/train/REAL/source/broken.jpg")
  }

  private func calibrate(_ options: String...) throws -> Tool.Outcome {
    try Tool.run(["calibrate", "--data", data, "--model", model] + options)
  }

  @Test func itFitsWritesAndKeeps() throws {
    let first = try calibrate("--split", "val", "--generated-label", "y", "--error-rate", "0.4")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("4 photographs, 4 generated\n"))
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let calibration = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(calibration["generated_labels"] as? [String] == ["y"])
    #expect(calibration["domain"] == nil)
    let fit = try #require(calibration["fitted_on"] as? [String: Any])
    #expect((fit["real"] as? Int, fit["fake"] as? Int, fit["error_rate"] as? Double) == (4, 4, 0.4))
    // Three sources: a further one is a quarter of what there could be.
    #expect(try #require(fit["source_error_rate"] as? Double) >= 0.25)
    // From then on the labels are known, and the numbers are the same for any number of threads.
    #expect(try calibrate("--split", "val", "--error-rate", "0.4", "--threads", "1").status == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    let image = Fixtures.url("photos/coffee.jpg").path
    let line = try #require(try Tool.run("classify", "--json", "--model", model, image).lines.first)
    #expect(line["verdict"] is String && line["calibratedScore"] is Double)
    // An old one of other weights is in nobody's way, and what it says of the training stays.
    let limited = try calibrate(
      "--split", "val", "--smallest-side", "301", "--format", "jpeg", "--date", "2026-11-26")
    #expect(limited.status == 0, "\(limited.errors)")
    #expect(limited.output.contains(" left out, unlike what the model was taught on"), "\(limited.output)")
    let broken = try String(contentsOfFile: file, encoding: .utf8)
      .replacing(/"weights_sha256": "[0-9a-f]*"/) { _ in
        "\"weights_sha256\": \"\(String(repeating: "0", count: 64))\""
      }
    try folder.write(broken, to: "model/calibration.json")
    #expect(try Tool.run("classify", "--model", model, image).status == 3)
    #expect(try calibrate("--split", "val").status == 0)
    let again = try String(contentsOfFile: file, encoding: .utf8)
    #expect(again.contains(#""smallest_side": 301"#) && again.contains(#""JPEG""#) && again.contains(#""y""#))
    #expect(try FileManager.default.contentsOfDirectory(atPath: model).count == 4)
  }

  @Test func whatCannotBeFittedLeavesTheFileAlone() throws {
    try folder.write(#"{"generated_labels": ["y"]}"#, to: "model/calibration.json")
    let before = try String(contentsOfFile: file, encoding: .utf8)
    // The wrong way round, a split that is not there, labels that nobody knows, too small for all.
    for (options, words) in [
      (["--positive", "REAL", "--split", "val"], "the wrong way round"), (["--split", "tst"], "tst"),
      (["--positive", "MADE", "--split", "val"], "no label MADE"),
      (["--smallest-side", "2000", "--split", "val"], "0 photographs and 0 generated"),
    ] {
      let outcome = try Tool.run(["calibrate", "--data", data, "--model", model] + options)
      #expect(outcome.status == 1, "\(options)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
      #expect(try String(contentsOfFile: file, encoding: .utf8) == before)
    }
    for options in [
      ["--error-rate", "0"], ["--error-rate", "1.5"], ["--source-error-rate", "nan"], ["--threads", "0"],
      ["--format", "text"],
    ] {
      #expect(
        try Tool.run(["calibrate", "--data", data, "--model", model] + options).status == 2, "\(options)")
    }
    #expect(try Tool.run("calibrate", "--data", data, "--model", "builtin:cifake").status == 2)
    #expect(try Tool.run("calibrate", "--data", data, "--model", model + "/none").status == 3)
  }

  /// What cannot be read is said and counted, and the rest is fitted on.
  @Test func badImagesAreReported() throws {
    let out = folder.url.appendingPathComponent("other.json").path
    let outcome = try calibrate("--generated-label", "y", "--error-rate", "0.4", "--out", out)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("train/REAL/source/broken.jpg"))
    #expect(outcome.output.contains("; 1 failed"))
    #expect(FileManager.default.fileExists(atPath: out))
    #expect(!FileManager.default.fileExists(atPath: file))
  }
}
