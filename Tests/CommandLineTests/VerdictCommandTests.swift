import Foundation
import TestSupport
import Testing

/// Verdicts on the command line: the table, the JSON, what is refused, and what a new folder keeps.
@Suite(.enabled(if: Tool.isBuilt)) struct VerdictCommandTests {
  private let image = Fixtures.url("photos/chelsea.jpg").path
  private let folder: TemporaryDirectory
  private var model: String { folder.url.appendingPathComponent("model").path }

  init() throws {
    folder = try TemporaryDirectory()
    try LabelledModel.write(["real", "fake"], to: folder.url.appendingPathComponent("model"))
  }

  private func calibrate(from: Double, to: Double, domain: String = "{}", weights: String? = nil) throws {
    let line = try #require(try Tool.run("classify", "--json", "--model", model, image).lines.first)
    let found = (line["model"] as? [String: String])?["sha256"]
    let hash = try #require(weights ?? found)
    let text = """
      {"version": 1, "weights_sha256": "\(hash)", "temperature": 1, "bias": 0,
       "unsure": {"from": \(from), "to": \(to)}, "domain": \(domain),
       "fitted_on": {"data_sha256": "\(hash)", "real": 10, "fake": 12, "error_rate": 0.02, "source_error_rate": 0.11}}
      """
    try folder.write(text, to: "model/calibration.json")
  }

  @Test func tableAndJSONHaveIt() throws {
    try calibrate(from: 0, to: 1)
    let unsure = try Tool.run("classify", "--model", model, image).output
    #expect(unsure.contains(#/  unsure  calibrated 0\.\d{4}  P\(AI\) 0\.\d{4}  /#), "\(unsure)")
    #expect(unsure.contains(#/  \(score 0\.\d{4}, unsure from 0 to 1\)\n/#), "\(unsure)")
    try calibrate(from: 0, to: 1, domain: #"{"smallest_side": 512}"#)
    let outside = try Tool.run("classify", "--model", model, image).output
    #expect(outside.contains("  unsure  calibrated -       P(AI) "), "\(outside)")
    #expect(outside.contains("  (451x300, taught on 512 and more; score "), "\(outside)")
    let line = try #require(try Tool.run("classify", "--json", "--model", model, image).lines.first)
    #expect(line["verdict"] as? String == "unsure")
    #expect((line["unsureReasons"] as? [[String: String]])?.map { $0["kind"] } == ["size", "score"])
    #expect(line["calibratedScore"] == nil)
    // A point that no score hits.
    try calibrate(from: 1e-9, to: 1e-9)
    let sure = try Tool.run("classify", "--model", model, image).output
    #expect(sure.contains(#/  fake    calibrated 0\.\d{4}  P\(AI\) /#), "\(sure)")
    let info = try Tool.run("info", "--model", model).output
    #expect(
      info.contains("at most 2.0 % of images like those that it was fitted on are called the other thing "),
      "\(info)")
    #expect(info.contains("11.0 % of those of another such source"), "\(info)")
  }

  @Test func withoutOneThereIsNone() throws {
    #expect(try !Tool.run("classify", "--model", model, image).output.contains("calibrated"))
    #expect(try Tool.run("classify", "--json", "--model", model, image).lines[0]["verdict"] == nil)
    #expect(try Tool.run("info", "--model", model).output.contains("none: the model has no calibration"))
  }

  @Test func thatOfOtherWeightsIsRefused() throws {
    let other = String(repeating: "c", count: 64)
    try calibrate(from: 0, to: 1, weights: other)
    for command in [["classify", image], ["info"]] {
      let outcome = try Tool.run(command + ["--model", model])
      #expect(outcome.status == 3)
      #expect(outcome.errors.contains("SHA-256 \(other), and these have "), "\(outcome.errors)")
    }
    // Nor is it taken along to a new folder.
    let out = folder.url.appendingPathComponent("out").path
    let converted = try Tool.run("convert", model, out)
    #expect(converted.status == 3)
    #expect(converted.errors.contains(other))
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  @Test func convertKeepsItWhereTheNumbersStay() throws {
    try calibrate(from: 0.1, to: 0.9)
    let out = folder.url.appendingPathComponent("out").path
    let before = try Tool.run("classify", "--json", "--model", model, image).lines[0]
    for options in [
      [], ["--max-shard-size", "20KB"], ["--dtype", "float32"], ["--generated-label", "fake"],
    ] {
      let outcome = try Tool.run(["convert", model, out] + options)
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let after = try #require(try Tool.run("classify", "--json", "--model", out, image).lines.first)
      #expect(after["verdict"] as? String == before["verdict"] as? String)
      #expect(after["calibratedScore"] as? Double == before["calibratedScore"] as? Double)
    }
    let rounded = try Tool.run("convert", model, out, "--dtype", "float16")
    #expect(rounded.status == 0)
    #expect(rounded.errors.contains("calibration.json was fitted with other numbers"))
    #expect(!FileManager.default.fileExists(atPath: out + "/calibration.json"))
    // For other labels it says nothing.
    #expect(try Tool.run("convert", model, out, "--generated-label", "real").status == 0)
    let kept = try String(contentsOfFile: out + "/calibration.json", encoding: .utf8)
    #expect(kept.contains("generated_labels") && !kept.contains("temperature"))
  }

  /// What a user gets who names no model: a photograph is not called fake, whatever the network thinks.
  @Test func theDefaultIsForPhotographs() throws {
    let small = Fixtures.url("photos/chelsea-grey.png").path
    let outcome = try Tool.run(["classify", "--json", image, small], usesDefaultModel: true)
    let lines = try outcome.lines
    #expect(lines.map { $0["verdict"] as? String } == ["unsure", "unsure"])
    #expect(
      lines.allSatisfy { ($0["model"] as? [String: String])?["id"] == "aiguardvision/photo-vit" }, "\(lines)")
    #expect((lines[0]["generatedScore"] as? Double ?? 0) > 0.9)
    #expect(lines[1]["calibratedScore"] == nil)
    let info = try Tool.run(["info"], usesDefaultModel: true).output
    #expect(info.contains("most photographs are unsure"), "\(info)")
    #expect(info.contains("taught on sides of 224 and more"), "\(info)")
    #expect(try Tool.run("info").output.contains("trained on CIFAKE, 32x32 images"))
  }

  @Test func aBuiltInModelHasNoFolder() throws {
    let out = folder.url.appendingPathComponent("out").path
    for command in [
      ["convert", "builtin:cifake", out], ["inspect-model", "builtin:photo"],
    ] {
      let outcome = try Tool.run(command)
      #expect(outcome.status == 3, "\(command)")
      #expect(outcome.errors.contains("is built in and has no files of its own"), "\(outcome.errors)")
    }
    let unknown = try Tool.run("classify", "--model", "builtin:faces", image)
    #expect(unknown.status == 3)
    #expect(unknown.errors.contains("builtin:photo and builtin:cifake are"), "\(unknown.errors)")
    for option in [
      ["--revision", "main"], ["--packed-cache"], ["--weights", "x.safetensors"], ["--base", "x"],
    ] {
      #expect(try Tool.run(["info", "--model", "builtin:cifake"] + option).status == 2, "\(option)")
    }
  }
}
