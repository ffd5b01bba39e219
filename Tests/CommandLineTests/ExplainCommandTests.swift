import AIGuardVision
import Foundation
import TestSupport
import Testing

/// `aiguard explain`, as a user has it.
@Suite(.enabled(if: Tool.isBuilt)) struct ExplainCommandTests {
  private let image = Fixtures.url("photos/chelsea.jpg").path

  private func explain(_ folder: TemporaryDirectory, _ arguments: String) throws -> Tool.Outcome {
    try Tool.shell("exec \"$tool\" explain \(arguments)", in: folder.url)
  }

  private func model(_ fixture: String? = nil, size: Int = 12) throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    try LabelledModel.write(
      ["fake", "real"], to: folder.url.appendingPathComponent("one"), fixture: fixture,
      processor: #"{"image_processor_type": "ViTImageProcessor", "size": \#(size)}"#)
    return folder
  }

  @Test func theMapIsAPictureAndNumbers() throws {
    let folder = try model()
    let outcome = try explain(
      folder, "\(image) --model one --out map.png --json --longest-side 90 --head-fusion max --residual 0.25")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let line = try #require(try outcome.lines.first)
    let classified = try #require(
      try Tool.shell("exec \"$tool\" classify --json --model one \(image)", in: folder.url).lines.first)
    #expect(classified as NSDictionary == line.filter { classified.keys.contains($0.key) } as NSDictionary)
    #expect(line["method"] as? String == "rollout")
    let settings: NSDictionary = ["headFusion": "max", "residual": 0.25, "discard": 0]
    #expect(line["settings"] as? NSDictionary == settings)
    #expect(line["rows"] as? Int == 3 && line["columns"] as? Int == 3)
    let values = try #require(line["values"] as? [[Double]])
    #expect(values.count == 3 && values.allSatisfy { $0.count == 3 })
    let classifier = try ImageClassifier(folder: folder.url.appendingPathComponent("one").path)
    let map = try classifier.explainAndWait(
      fileAt: image, by: .rollout(AttentionRollout(headFusion: .max, residual: 0.25)))
    #expect(try map.values.elements == values.joined().map { Float($0) })
    let png = try [UInt8](Data(contentsOf: folder.url.appendingPathComponent("map.png")))
    let drawn = try ImageDecoder.decode(png)
    #expect(drawn.format == .png && drawn.image.width == 90 && drawn.image.height == 60)
    let expected = try map.image(longestSide: 90).withUnsafeBytes { Array($0) }
    #expect(drawn.image.withUnsafeBytes { Array($0) } == expected)
    // Nothing is left of the temporary file.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["map.png", "one"])
  }

  @Test func occlusionComesFromStandardInputToo() throws {
    let folder = try model()
    let outcome = try explain(
      folder, "- --method occlusion --side 6 --stride 3 --json --model one < \(image)")
    #expect(outcome.status == 0)
    let line = try #require(try outcome.lines.first)
    let settings: NSDictionary = ["side": 6, "stride": 3, "fill": 128]
    #expect(line["settings"] as? NSDictionary == settings && line["rows"] as? Int == 3)
    let scale = try #require(line["scale"] as? [Double])
    #expect(scale.count == 2 && scale[0] == -scale[1])
  }

  @Test(arguments: [
    "", "--out ''", "--json --side 3", "--json --method occlusion --residual 0.5", "--json --longest-side 0",
    "--json --method gradients", "--json --fill 256 --method occlusion",
  ])
  func wrongUsageIsRefused(_ arguments: String) throws {
    let outcome = try explain(try model(), "\(image) --model one \(arguments)")
    #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.errors)")
  }

  @Test(arguments: [
    ("--residual 1", "invalid-argument"), ("--method occlusion --side 13", "invalid-argument"),
  ])
  func settingsThatCannotBeFail(_ arguments: String, _ kind: String) throws {
    let outcome = try explain(try model(), "\(image) --model one --json \(arguments)")
    #expect(outcome.status == 1)
    #expect(try outcome.kinds == [kind])
  }

  @Test func aModelWithoutRolloutSaysSo() throws {
    let folder = try model("swin/swin", size: 24)
    let outcome = try explain(folder, "\(image) --model one --out map.png")
    #expect(outcome.status == 1 && outcome.errors.contains("SwinForImageClassification"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("map.png").path))
  }
}
