import AIGuardVision
import Foundation
import TestSupport
import Testing

/// `aiguard embed`: lines of JSON, and files for NumPy.
@Suite(.enabled(if: Tool.isBuilt)) struct EmbedTests {
  private let model = Fixtures.url("features/clip").path
  private let images = ["a.png", "b.png"].map { Fixtures.url("features/images/\($0)").path }

  private func vectors(_ outcome: Tool.Outcome, _ feature: String) throws -> [[Double]] {
    try outcome.lines.compactMap { ($0["features"] as? [String: [Double]])?[feature] }
  }

  @Test func linesHaveTheFeatureAndWhatItComesFrom() throws {
    let golden = try GoldenFile("features/images/golden.safetensors")
    for feature in ["pooled", "cls", "mean"] {
      let outcome = try Tool.run(
        "embed", "--model", model, "--json", "--feature", feature, images[0], images[1])
      #expect(outcome.status == 0)
      #expect(outcome.errors.isEmpty)
      let lines = try outcome.lines
      #expect(
        Set(lines[0].keys) == [
          "file", "features", "model", "profile", "policy", "precision", "kernels", "version",
        ])
      #expect(lines.map { $0["file"] as? String } == images)
      let expected = try golden.doubles("clip.\(feature)")
      let ours = try vectors(outcome, feature).flatMap(\.self)
      #expect(ours.count == expected.count)
      for (a, e) in zip(ours, expected) { #expect(abs(a - e) < 2e-5 * max(1, abs(e))) }
    }
  }

  /// The bytes of `numpy.save` but for the last digits of the numbers, which are those of the lines.
  @Test func arraysAreNumPys() throws {
    try withTemporaryDirectory { folder in
      let out = folder.appendingPathComponent("out.npy")
      let lines = try Tool.run("embed", "--model", model, "--json", images[0], images[1])
      let outcome = try Tool.run(
        ["embed", "--model", model, "--npy", out.path, "-", images[1]],
        input: Fixtures.bytes("features/images/a.png"))
      #expect(outcome.status == 0)
      #expect(outcome.output.isEmpty)
      let (ours, golden) = (
        try [UInt8](Data(contentsOf: out)), try Fixtures.bytes("features/images/golden.npy")
      )
      #expect(ours.count == golden.count)
      #expect(ours.prefix(128) == golden.prefix(128))
      let numbers = ours.dropFirst(128).withUnsafeBytes { bytes in
        stride(from: 0, to: bytes.count, by: 4).map {
          Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
        }
      }
      #expect(numbers == (try vectors(lines, "pooled").flatMap(\.self).map { Float($0) }))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.npy"])
    }
  }

  /// A row for each file, or no file: what was there before stays.
  @Test func aMissingRowLeavesNoFile() throws {
    try withTemporaryDirectory { folder in
      let out = folder.appendingPathComponent("out.npy")
      try Data("before".utf8).write(to: out)
      let outcome = try Tool.run(
        "embed", "--model", model, "--npy", out.path, images[0], "none.png", images[1])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("none.png: open: No such file or directory"))
      #expect(outcome.errors.contains("is not written"))
      #expect(try Data(contentsOf: out) == Data("before".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.npy"])
      // As lines, the others go on.
      let lines = try Tool.run("embed", "--model", model, "--json", images[0], "none.png", images[1])
      #expect(lines.status == 1)
      #expect(try lines.kinds == [nil, "unreadable-file", nil])
      // A folder that is not there.
      let elsewhere = folder.appendingPathComponent("no/out.npy").path
      let refused = try Tool.run("embed", "--model", model, "--npy", elsewhere, images[0])
      #expect(refused.status == 1)
      #expect(refused.errors.contains("No such file or directory"))
    }
  }

  @Test func mistakesAreSaid() throws {
    #expect(try Tool.run("embed", images[0]).status == 2)
    #expect(try Tool.run("embed", "--json", "--npy", "x.npy", images[0]).status == 2)
    #expect(try Tool.run("embed", "--json").status == 2)
    #expect(try Tool.run("embed", "--json", "--feature", "patches", images[0]).status == 2)
    let swin = Fixtures.url("features/vit-without-pooler").path
    try withTemporaryDirectory { folder in
      let copy = folder.appendingPathComponent("model")
      try FileManager.default.copyItem(atPath: swin, toPath: copy.path)
      let text = #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#
      try Data(text.utf8).write(to: copy.appendingPathComponent("preprocessor_config.json"))
      let outcome = try Tool.run("embed", "--model", copy.path, "--json", images[0])
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("has no feature pooled; it has cls, mean"))
      #expect(
        try Tool.run("embed", "--model", copy.path, "--json", "--feature", "cls", images[0]).status == 0)
      #expect(try Tool.run("classify", "--model", copy.path, images[0]).errors.contains("head.safetensors"))
    }
  }

  /// The built-in model has features too, and a head beside a backbone classifies.
  @Test func modelsOfBothKindsServe() throws {
    let photo = Fixtures.url("photos/chelsea.jpg").path
    let outcome = try Tool.run("embed", "--json", "--feature", "mean", photo)
    #expect(outcome.status == 0)
    #expect(try vectors(outcome, "mean").count == 1)
    try withTemporaryDirectory { folder in
      let copy = folder.appendingPathComponent("model")
      try FileManager.default.copyItem(atPath: model, toPath: copy.path)
      try FileManager.default.copyItem(
        at: Fixtures.url("features/heads/normalized.safetensors"),
        to: copy.appendingPathComponent("head.safetensors"))
      let classified = try Tool.run("classify", "--model", copy.path, "--json", images[0])
      #expect(classified.status == 0)
      let predictions = try #require(try classified.lines[0]["predictions"] as? [[String: Any]])
      #expect(Set(predictions.compactMap { $0["label"] as? String }) == ["real", "fake"])
    }
  }

  /// A state dict of `torch.save` beside a backbone, as the guide says.
  @Test func aStateDictBecomesAHead() throws {
    try withTemporaryDirectory { folder in
      let copy = folder.appendingPathComponent("model")
      try FileManager.default.copyItem(atPath: model, toPath: copy.path)
      let converted = try Tool.run(
        "convert", Fixtures.url("features/heads/fc_weights.pth").path,
        copy.appendingPathComponent("head.safetensors").path)
      #expect(converted.status == 0)
      let unnamed = try Tool.run("classify", "--model", copy.path, images[0])
      #expect(unnamed.status == 3)
      #expect(unnamed.errors.contains("id2label"))
      let config = copy.appendingPathComponent("config.json")
      let text = try String(contentsOf: config, encoding: .utf8)
      try Data((#"{"id2label": {"0": "fake"},"# + text.drop { $0 != "{" }.dropFirst()).utf8).write(to: config)
      let outcome = try Tool.run("classify", "--model", copy.path, "--json", images[0])
      #expect(outcome.status == 0)
      let predictions = try #require(try outcome.lines[0]["predictions"] as? [[String: Any]])
      #expect(predictions.count == 1)
      #expect(predictions[0]["label"] as? String == "fake")
    }
  }
}
