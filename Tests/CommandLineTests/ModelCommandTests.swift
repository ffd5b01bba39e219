import Foundation
import TestSupport
import Testing

/// `convert`, `inspect-model` and `download` as a user runs them.
@Suite(.enabled(if: Tool.isBuilt)) struct ModelCommandTests {
  private func copy(_ fixture: String, to folder: TemporaryDirectory) throws -> String {
    for name in ["config.json", "model.safetensors"] {
      try folder.write(Fixtures.bytes("\(fixture)/\(name)"), to: "in/\(name)")
    }
    try folder.write(
      #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#, to: "in/preprocessor_config.json")
    return folder.url.appendingPathComponent("in").path
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  private func content(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func aFileBecomesAFile() throws {
    let folder = try TemporaryDirectory()
    let output = folder.url.appendingPathComponent("out.safetensors").path
    let input = Fixtures.url("pytorch/good/every-type.bin").path
    let outcome = try Tool.run("convert", input, output, "--dtype", "bfloat16")
    #expect(outcome.status == 0)
    #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
    let shown = try Tool.run("inspect-model", output, "--json")
    let model = try #require(try shown.lines.first)
    let tensors = try #require(model["tensors"] as? [[String: Any]])
    #expect(tensors.contains { $0["name"] as? String == "f32" && $0["dtype"] as? String == "BF16" })
    #expect(tensors.contains { $0["name"] as? String == "i64" && $0["dtype"] as? String == "I64" })
    #expect(model["missing"] == nil)
  }

  @Test func aFolderBecomesAFolder() throws {
    let folder = try TemporaryDirectory()
    let input = try copy("vit-tiny/five-heads", to: folder)
    let output = folder.url.appendingPathComponent("out").path
    let image = Fixtures.url("photos/chelsea.jpg").path
    #expect(
      try Tool.run("convert", input, output, "--max-shard-size", "10KB", "--dtype", "float16").status == 0)
    #expect(try names(output).count > 5)
    #expect(try String(contentsOfFile: output + "/config.json", encoding: .utf8).contains("\"float16\""))
    let expected = try Tool.run("classify", image, "--model", input)
    let converted = try Tool.run("classify", image, "--model", output)
    #expect(converted.status == 0)
    // The label; its score is a little different.
    #expect(converted.output.split(separator: " ")[1] == expected.output.split(separator: " ")[1])
  }

  @Test func wrongUsesAreSaid() throws {
    let folder = try TemporaryDirectory()
    let file = Fixtures.url("pytorch/good/tied.bin").path
    let out = folder.url.appendingPathComponent("out").path
    for arguments in [
      ["convert"], ["convert", file], ["convert", file, out],
      ["convert", file, out + ".safetensors", "--max-shard-size", "1GB"],
      ["convert", folder.url.path, out, "--max-shard-size", "0"],
      ["convert", folder.url.path, out, "--max-shard-size", "lots"],
      ["convert", file, out + ".safetensors", "--dtype", "int8"], ["inspect-model"], ["download"],
      ["classify", file, "--revision", "main"],
    ] {
      #expect(try Tool.run(arguments).status == 2, "\(arguments)")
    }
    #expect(try names(folder.url.path).isEmpty)
  }

  @Test func whatCannotBeReadIsSaidAndLeavesNothing() throws {
    let folder = try TemporaryDirectory()
    let out = folder.url.appendingPathComponent("out.safetensors").path
    let evil = Fixtures.url("pytorch/hostile/global-os-system.bin").path
    let outcome = try Tool.run("convert", evil, out)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("posix.system"))
    #expect(try names(folder.url.path).isEmpty)
    let shown = try Tool.run("inspect-model", evil)
    #expect(shown.status == 3)
    #expect(shown.errors.contains("posix.system"))
  }

  /// The process is killed, or the disk is full, at a write: what was there before is still there and whole.
  @Test(arguments: ["default", "ignore"])
  func aCrashAtAnyWriteLeavesTheOldFileWhole(_ signal: String) throws {
    let folder = try TemporaryDirectory()
    let input = try copy("vit-tiny/plain", to: folder)
    let old = try Fixtures.bytes("vit-tiny/grey/model.safetensors")
    let output = try folder.write(old, to: "out/model.safetensors").deletingLastPathComponent().path
    let size = try Fixtures.bytes("vit-tiny/plain/model.safetensors").count
    // The shell counts in blocks of 512 bytes.
    for blocks in stride(from: 0, through: size / 512, by: 9) {
      let outcome = try Tool.run(
        ["convert", input, output],
        shellPrefix: "ulimit -c 0; ulimit -f \(blocks); exec env --\(signal)-signal=XFSZ")
      #expect(outcome.status != 0)
      #expect(outcome.hasExited == (signal == "ignore"))
      #expect(try content(output + "/model.safetensors") == old)
      // An error cleans up; after a crash nobody could.
      if signal == "ignore" { #expect(try names(output) == ["model.safetensors"]) }
    }
    #expect(try Tool.run("convert", input, output).status == 0)
    #expect(
      try content(output + "/model.safetensors")
        == Fixtures.bytes("vit-tiny/plain/model.safetensors"))
  }

  @Test func aModelIsInspected() throws {
    let folder = try TemporaryDirectory()
    let input = try copy("architectures/dinov2", to: folder)
    let outcome = try Tool.run("inspect-model", input)
    #expect(outcome.status == 0)
    for text in [
      "dinov2.encoder.layer.1.mlp.fc2.weight ", "  F32  24x48\n", "Dinov2ForImageClassification",
      "dinov2 with the prefix dinov2.", "missing     none", "unused      dinov2.embeddings.mask_token",
    ] {
      #expect(outcome.output.contains(text), "\(text)")
    }
    // The configuration of another network: all that is wrong at once.
    try folder.write(Fixtures.bytes("vit-tiny/plain/config.json"), to: "in/config.json")
    let wrong = try Tool.run("inspect-model", input, "--json")
    #expect(wrong.status == 3)
    let model = try #require(try wrong.lines.first)
    #expect((model["missing"] as? [String])?.isEmpty == false)
    #expect((model["unused"] as? [String])?.isEmpty == false)
  }

  @Test func otherArchitecturesAreRefusedByName() throws {
    let folder = try TemporaryDirectory()
    let input = try copy("vit-tiny/plain", to: folder)
    try folder.write(
      #"{"model_type": "resnet", "architectures": ["ResNetForImageClassification"]}"#, to: "in/config.json")
    for arguments in [["inspect-model", input], ["info", "--model", input]] {
      let outcome = try Tool.run(arguments)
      #expect(outcome.status == 3)
      #expect(outcome.errors.contains("\"resnet\" is not supported"))
      for modelType in ["beit", "clip", "convnext", "siglip2", "swinv2", "vit"] {
        #expect(outcome.errors.contains(modelType))
      }
    }
  }

  #if Hub
    @Test func aModelIsDownloadedAndUsedByItsId() throws {
      let mock = try MockHub([
        "config.json": Fixtures.bytes("vit-tiny/five-heads/config.json"),
        "model.safetensors": Fixtures.bytes("vit-tiny/five-heads/model.safetensors"),
        "preprocessor_config.json": Array(#"{"image_processor_type": "ViTImageProcessor", "size": 12}"#.utf8),
      ])
      var environment = [
        "HF_ENDPOINT": mock.endpoint, "HF_HUB_CACHE": mock.cacheFolder, "HF_TOKEN": "", "HF_HUB_OFFLINE": "1",
      ]
      let image = Fixtures.url("photos/chelsea.jpg").path
      let offline = try Tool.run(["classify", image, "--model", "org/model"], environment: environment)
      #expect(offline.status == 3)
      #expect(offline.errors.contains("is not in the cache"))

      environment["HF_HUB_OFFLINE"] = "0"
      let downloaded = try Tool.run(["download", "org/model"], environment: environment)
      #expect(downloaded.output == mock.snapshot + "\n")
      #expect(downloaded.errors.isEmpty)
      let outcome = try Tool.run(
        ["classify", image, "--model", "org/model", "--json"], environment: environment)
      #expect(outcome.status == 0)
      #expect((try outcome.lines[0]["model"] as? [String: String])?["id"] == "org/model")

      mock.close()
      let away = try Tool.run(["classify", image, "--model", "org/model"], environment: environment)
      #expect(away.status == 0)
      #expect(away.errors.contains("using the cached model"))
      // An address that is refused is tried again for 23 seconds; a name that no resolver takes is not.
      environment["HF_ENDPOINT"] = "http://\(String(repeating: "a", count: 64)).invalid"
      let none = try Tool.run(["download", "org/other"], environment: environment)
      #expect(none.status == 3)
      #expect(none.errors.contains("cannot download"))
    }
  #endif
}
