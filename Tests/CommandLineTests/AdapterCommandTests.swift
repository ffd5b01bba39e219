import Foundation
import TestSupport
import Testing

/// Adapters and weights by name, as a user runs them.
@Suite(.enabled(if: Tool.isBuilt)) struct AdapterCommandTests {
  private static let adapter = Fixtures.url("adapters/vit/adapter").path
  private static let base = Fixtures.url("adapters/vit/base").path
  private static let image = Fixtures.url("photos/chelsea.jpg").path

  private func predictions(_ arguments: [String], _ environment: [String: String] = [:]) throws -> [Double] {
    let outcome = try Tool.run(["classify", Self.image, "--json"] + arguments, environment: environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let all = try #require(try outcome.lines.first?["predictions"] as? [[String: Any]])
    return all.compactMap { $0["logit"] as? Double }
  }

  @Test func anAdapterBecomesAWholeModel() throws {
    let folder = try TemporaryDirectory()
    let out = folder.url.appendingPathComponent("out").path
    #expect(try Tool.run("convert", Self.adapter, out, "--base", Self.base).status == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: out).sorted()
        == ["config.json", "model.safetensors", "preprocessor_config.json"])
    let merged = try predictions(["--model", out])
    #expect(merged.count == 3)
    #expect(try predictions(["--model", Self.adapter, "--base", Self.base]) == merged)
    let golden = try GoldenFile("adapters/vit/golden.safetensors")
    let tensors = try GoldenFile(contentsOf: URL(fileURLWithPath: out + "/model.safetensors"))
    #expect(try tensors.floats("classifier.bias") == golden.floats("merged.classifier.bias"))
    // A folder with the adapter in it is no place for what it has been merged into.
    let copy = folder.url.appendingPathComponent("copy").path
    try FileManager.default.copyItem(atPath: Self.adapter, toPath: copy)
    let refused = try Tool.run("convert", copy, copy, "--base", Self.base)
    #expect(refused.status != 0 && refused.errors.contains("another folder"))
    #expect(!FileManager.default.fileExists(atPath: copy + "/model.safetensors"))
  }

  @Test func anAdapterIsShown() throws {
    let outcome = try Tool.run("inspect-model", Self.adapter, "--base", Self.base, "--json")
    #expect(outcome.status == 0)
    let model = try #require(try outcome.lines.first)
    #expect(model["adapter"] as? String == Self.adapter + "/adapter_model.safetensors")
    #expect((model["missing"] as? [String])?.isEmpty == true)
    #expect((model["files"] as? [String])?.count == 2)
    let text = try Tool.run("inspect-model", Self.adapter, "--base", Self.base).output
    #expect(text.contains("which changes 9 tensors") && text.contains("3x12"))
    let alone = try Tool.run("inspect-model", Self.adapter)
    #expect(alone.status == 3 && alone.errors.contains("aiguardvision/tiny-vit"))
  }

  @Test func aWrapperIsShown() throws {
    let folder = try TemporaryDirectory()
    try folder.write(Fixtures.bytes("adapters/vit/base/config.json"), to: "config.json")
    try folder.write(Fixtures.bytes("wrapped/both.bin"), to: "pytorch_model.bin")
    let outcome = try Tool.run("inspect-model", folder.url.path)
    #expect(outcome.status == 0 && outcome.output.contains("behind _orig_mod.module."))
  }

  @Test func weightsCanBeNamed() throws {
    let folder = try TemporaryDirectory()
    let path = folder.url.appendingPathComponent("in").path
    try FileManager.default.copyItem(atPath: Self.base, toPath: path)
    try FileManager.default.copyItem(
      atPath: Fixtures.url("wrapped/data-parallel.bin").path, toPath: path + "/other.bin")
    let out = folder.url.appendingPathComponent("out").path
    #expect(try Tool.run("convert", path, out, "--weights", "other.bin").status == 0)
    #expect(try predictions(["--model", out]) == predictions(["--model", Self.base]))
    let shown = try Tool.run("inspect-model", path, "--weights", "other.bin", "--json")
    #expect(try shown.lines.first?["wrapperPrefix"] as? String == "module.")
    #expect(try Tool.run("inspect-model", path, "--weights", "none.bin").status == 3)
  }

  @Test func wrongUsesAreSaid() throws {
    let file = Fixtures.url("wrapped/both.bin").path
    let folder = try TemporaryDirectory()
    let out = folder.url.appendingPathComponent("none").path
    for arguments in [
      ["classify", Self.image, "--base", Self.base],
      ["classify", Self.image, "--model", Self.adapter, "--base", Self.base, "--weights", "a.bin"],
      ["convert", Self.adapter, out, "--base", Self.base, "--weights", "a.bin"],
      ["convert", file, out + ".safetensors", "--base", Self.base],
      ["inspect-model", file, "--weights", "a.bin"],
      ["inspect-model", Self.adapter, "--weights", "a.bin", "--base", Self.base],
    ] {
      #expect(try Tool.run(arguments).status == 2, "\(arguments)")
    }
  }

  #if Hub
    /// From the cache, without a network: the adapter, its base, and a file by its name.
    @Test func modelsOfTheHubAreFoundInTheCache() throws {
      let folder = try TemporaryDirectory()
      for (model, source) in [("org--adapter", "vit/adapter"), ("aiguardvision--tiny-vit", "vit/base")] {
        let commit = String(repeating: "d", count: 40)
        for name in try FileManager.default.contentsOfDirectory(
          atPath: Fixtures.url("adapters/\(source)").path)
        {
          try folder.write(
            Fixtures.bytes("adapters/\(source)/\(name)"), to: "models--\(model)/snapshots/\(commit)/\(name)")
        }
        try folder.write(commit, to: "models--\(model)/refs/main")
      }
      let environment = ["HF_HUB_CACHE": folder.url.path, "HF_HUB_OFFLINE": "1"]
      let expected = try predictions(["--model", Self.adapter, "--base", Self.base])
      #expect(try predictions(["--model", "org/adapter"], environment) == expected)
      #expect(try predictions(["--model", Self.adapter], environment) == expected)
      #expect(
        try predictions(["--model", Self.adapter, "--base", "aiguardvision/tiny-vit"], environment)
          == expected)
      let base = ["--model", "aiguardvision/tiny-vit", "--weights", "model.safetensors"]
      #expect(try predictions(base, environment) == predictions(["--model", Self.base]))
      let download = try Tool.run(["download", "org/adapter"], environment: environment)
      #expect(download.status == 0 && download.output.contains("models--org--adapter/snapshots/"))
      let other = try Tool.run(
        ["download", "aiguardvision/tiny-vit", "--weights", "pytorch_model.bin"], environment: environment)
      #expect(other.status == 3 && other.errors.contains("pytorch_model.bin"))
    }
  #endif
}
