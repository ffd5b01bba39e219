import AIGuardVision
import Foundation
import JSONText
import TestSupport
import Testing

/// Adapters merged into their base give what PEFT's `merge_and_unload()` gives (`Fixtures/adapters/make.py`).
@Suite struct AdapterTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let base: String
    let labels: Int
    let merged: Int

    var testDescription: String { name }
    var folder: String { Fixtures.url("adapters/\(name)/adapter").path }
    var baseFolder: String { Fixtures.url("adapters/\(base)/base").path }

    func golden() throws -> GoldenFile { try GoldenFile("adapters/\(name)/golden.safetensors") }

    func load(_ folder: String? = nil, base: String? = nil) throws -> ImageClassifier {
      try ImageClassifier(folder: folder ?? self.folder, baseFolder: base ?? baseFolder)
    }
  }

  private struct Manifest: Decodable { let cases: [Case] }

  static let cases: [Case] =
    (try? JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: Fixtures.url("adapters/manifest.json"))))?.cases ?? []

  private static func named(_ name: String) throws -> Case { try #require(cases.first { $0.name == name }) }

  private static func logits(_ classifier: ImageClassifier, _ golden: GoldenFile) throws -> [Float] {
    let pixels = try Tensor(golden.floats("pixel_values"), shape: golden.shape("pixel_values"))
    return try classifier.model(pixels).logits.elements
  }

  private func copy(_ folders: [String], to folder: TemporaryDirectory) throws -> String {
    let path = folder.url.appendingPathComponent("model").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for source in folders {
      for name in try FileManager.default.contentsOfDirectory(atPath: source) {
        try FileManager.default.copyItem(atPath: source + "/" + name, toPath: path + "/" + name)
      }
    }
    return path
  }

  private func change(_ path: String, _ change: (inout [String: JSONValue]) -> Void) throws {
    let url = URL(fileURLWithPath: path + "/adapter_config.json")
    let value = try JSONValue(parsing: [UInt8](Data(contentsOf: url)), options: .python)
    var members = Dictionary(
      (value.objectValue?.members ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    change(&members)
    let object = JSONObject(members: members.sorted { $0.key < $1.key }.map { .init(key: $0, value: $1) })
    try Data(JSONValue.object(object).pythonText.utf8).write(to: url)
  }

  @Test func thereAreCases() { #expect(Self.cases.count >= 10) }

  // MARK: The numbers

  @Test(arguments: cases)
  func logitsAreThoseOfTheMergedModel(_ test: Case) throws {
    let golden = try test.golden()
    let classifier = try test.load()
    #expect(classifier.labels.count == test.labels)
    let expected = try golden.doubles("logits.f64")
    let worst = largestError(try Self.logits(classifier, golden), expected)
    #expect(worst.error < 2e-5, "\(worst)")
    // The adapter changes something: the base by itself is far away.
    if test.labels == 2, test.name != "vit-headless" {
      let base = try ImageClassifier(folder: test.baseFolder)
      #expect(largestError(try Self.logits(base, golden), expected).error > 1e-2)
    }
  }

  /// What `save` writes is the merged model, tensor by tensor, and loads as such.
  @Test(arguments: cases)
  func savedWeightsAreTheMergedOnes(_ test: Case) throws {
    let golden = try test.golden()
    let classifier = try test.load()
    let folder = try TemporaryDirectory()
    let saved = folder.url.appendingPathComponent("saved").path
    try classifier.save(toFolder: saved)
    let tensors = try GoldenFile(contentsOf: URL(fileURLWithPath: saved + "/model.safetensors"))
    var count = 0
    for key in golden.keys where key.hasPrefix("merged.") {
      let name = String(key.dropFirst("merged.".count))
      // What the network does not use is not saved: SigLIP's head.
      if !tensors.keys.contains(name), name.contains(".head.") { continue }
      count += 1
      let (found, expected) = (try tensors.floats(name), try golden.floats(key))
      let scale = expected.lazy.map(\.magnitude).max() ?? 0
      let worst = largestError(found, expected)
      #expect(worst.error <= Double(scale.ulp) * 2, "\(name): \(worst)")
      // PEFT's sum over the rank is rounded at each step: most elements are equal all the same.
      let equal = zip(found, expected).count { $0 == $1 }
      #expect(equal * 2 >= found.count, "\(name): \(equal) of \(found.count)")
    }
    #expect(count >= min(3, test.merged))
    let again = try ImageClassifier(folder: saved)
    #expect(try Self.logits(again, golden) == Self.logits(classifier, golden))
    #expect(again.labels == classifier.labels)
  }

  @Test(arguments: cases)
  func anAdapterBesideWholeWeightsIsApplied(_ test: Case) throws {
    let golden = try test.golden()
    let folder = try TemporaryDirectory()
    let path = try copy([test.baseFolder, test.folder], to: folder)
    let beside = try ImageClassifier(folder: path)
    #expect(try Self.logits(beside, golden) == Self.logits(test.load(), golden))
    if test.labels == 2, !test.baseFolder.contains("headless") {
      // Weights that are named are taken as they are.
      let plain = try ImageClassifier(folder: path, weightsFile: "model.safetensors")
      #expect(
        try Self.logits(plain, golden) == Self.logits(ImageClassifier(folder: test.baseFolder), golden))
    }
  }

  /// A base whose file has query, key and value in one tensor, as timm's.
  @Test func aBaseMayBeSpeltInAnotherWay() throws {
    let test = try Self.named("vit")
    let source = try GoldenFile(contentsOf: URL(fileURLWithPath: test.baseFolder + "/model.safetensors"))
    let names = [
      "attention.attention.query": "attn.q", "attention.attention.key": "attn.k",
      "attention.attention.value": "attn.v", "attention.output.dense": "attn.proj",
      "layernorm_before": "norm1", "layernorm_after": "norm2", "intermediate.dense": "mlp.fc1",
      "output.dense": "mlp.fc2", "vit.encoder.layer.": "blocks.", "vit.embeddings.cls_token": "cls_token",
      "vit.embeddings.position_embeddings": "pos_embed",
      "vit.embeddings.patch_embeddings.projection": "patch_embed.proj", "vit.layernorm": "norm",
      "classifier": "head",
    ].sorted { $0.key.count > $1.key.count }
    var tensors: [String: (shape: [Int], floats: [Float])] = [:]
    for key in source.keys {
      var name = key
      for (from, to) in names { name = name.replacingOccurrences(of: from, with: to) }
      tensors[name] = (try source.shape(key), try source.floats(key))
    }
    for layer in 0..<2 {
      for kind in ["weight", "bias"] {
        var (shape, floats): ([Int], [Float]) = ([], [])
        for part in ["q", "k", "v"] {
          let name = "blocks.\(layer).attn.\(part).\(kind)"
          let tensor = try #require(tensors[name])
          tensors[name] = nil
          shape = [tensor.shape[0] * 3] + tensor.shape.dropFirst()
          floats += tensor.floats
        }
        tensors["blocks.\(layer).attn.qkv.\(kind)"] = (shape, floats)
      }
    }
    let folder = try TemporaryDirectory()
    let path = try copy([test.baseFolder], to: folder)
    let bytes = SafetensorsBytes.file(
      tensors.sorted { $0.key < $1.key }.map { name, tensor in
        .init(
          name: name, dtype: "F32", shape: tensor.shape,
          data: tensor.floats.flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) }
          })
      })
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/model.safetensors"))
    let golden = try test.golden()
    #expect(try Self.logits(test.load(base: path), golden) == Self.logits(test.load(), golden))
  }

  // MARK: Where the base is

  @Test func theBaseIsWhereTheAdapterSays() throws {
    let test = try Self.named("clip")
    let folder = try TemporaryDirectory()
    let path = try copy([test.folder], to: folder)
    let error = try #require(throws: CheckpointError.self) { try ImageClassifier(folder: path) }
    #expect(error.problem == .baseNeeded(model: "aiguardvision/tiny-clip", revision: nil))
    #expect(error.kind == "base-needed" && "\(error)".contains("--base"))
    try change(path) { $0["base_model_name_or_path"] = .string(test.baseFolder) }
    let golden = try test.golden()
    #expect(try Self.logits(ImageClassifier(folder: path), golden) == Self.logits(test.load(), golden))
    try change(path) { $0["base_model_name_or_path"] = .null }
    #expect(throws: CheckpointError(file: path, problem: .baseNeeded(model: nil, revision: nil))) {
      try ImageClassifier(folder: path)
    }
    #expect(throws: CheckpointError(file: path + "/none", problem: .notAFolder)) {
      try ImageClassifier(folder: path, baseFolder: path + "/none")
    }
    // An adapter of an adapter, and a base of what is none.
    #expect(throws: CheckpointError(file: path, problem: .adapterOfAdapter)) {
      try ImageClassifier(folder: path, baseFolder: path)
    }
    #expect(throws: CheckpointError(file: test.baseFolder, problem: .noAdapter(base: path))) {
      try ImageClassifier(folder: test.baseFolder, baseFolder: path)
    }
  }

  /// A `config.json` beside the adapter says what its labels are called.
  @Test func itsOwnConfigurationCounts() throws {
    let test = try Self.named("vit")
    let folder = try TemporaryDirectory()
    let path = try copy([test.folder], to: folder)
    #expect(try test.load(path).labels == ["LABEL_0", "LABEL_1", "LABEL_2"])
    let base = try PretrainedConfig(contentsOfFolder: test.baseFolder).json
    let names = JSONObject(
      members: ["real", "fake", "other"].enumerated().map { .init(key: "\($0)", value: .string($1)) })
    try folder.write(
      JSONValue.object(base.setting("id2label", to: .object(names))).pythonText, to: "model/config.json")
    #expect(try test.load(path).labels == ["real", "fake", "other"])
    #expect(try Self.logits(test.load(path), test.golden()) == Self.logits(test.load(), test.golden()))
  }

  // MARK: Which weights these are

  @Test func theHashIsThatOfAllFiles() throws {
    let test = try Self.named("vit-4")
    let folder = try TemporaryDirectory()
    let path = try copy([test.baseFolder, test.folder], to: folder)
    func hash() throws -> String { try ImageClassifier(folder: path).identity.sha256 }
    let base = try ImageClassifier(folder: path, weightsFile: "model.safetensors").identity.sha256
    let adapted = try hash()
    #expect(adapted != base)
    #expect(try hash() == adapted)
    try change(path) { $0["lora_alpha"] = .integer(8) }
    let changed = try hash()
    #expect(changed != adapted && changed != base)
  }

  @Test func aChangedAdapterIsNoticed() throws {
    let test = try Self.named("swin")
    let folder = try TemporaryDirectory()
    let path = try copy([test.folder], to: folder)
    let classifier = try test.load(path)
    let file = path + "/adapter_model.safetensors"
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
    #expect(throws: ImageClassifierError.weightsChanged(path: file)) {
      try classifier.save(toFolder: path + "/out")
    }
  }

  /// Base, adapted, and adapted by another factor: three entries.
  @Test func theCacheTellsThemApart() throws {
    let test = try Self.named("siglip")
    let folder = try TemporaryDirectory()
    let path = try copy([test.baseFolder, test.folder], to: folder)
    let cache = PackedCache(folder: folder.url.appendingPathComponent("cache").path)
    let golden = try test.golden()
    var seen: [[Float]] = []
    for step in 0..<3 {
      if step == 2 { try change(path) { $0["lora_alpha"] = .integer(3) } }
      for outcome in [PackedCacheReport.Outcome.written, .used] {
        let classifier = try ImageClassifier(
          folder: path, weightsFile: step == 0 ? "model.safetensors" : nil, packedCache: cache)
        #expect(classifier.model.packedCache.outcome == outcome)
        let logits = try Self.logits(classifier, golden)
        if outcome == .written {
          #expect(!seen.contains(logits))
          seen.append(logits)
        } else {
          #expect(seen.last == logits)
        }
      }
    }
  }
}
