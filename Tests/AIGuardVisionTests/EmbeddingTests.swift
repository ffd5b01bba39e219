import AIGuardVision
import Checkpoint
import Foundation
import TestSupport
import Testing

@testable import Platform

/// Embedders, and linear heads beside backbones, against `transformers` in float64 (`Fixtures/features/make.py`).
@Suite struct EmbeddingTests {
  private static let images = ["a.png", "b.png"].map { Fixtures.url("features/images/\($0)").path }

  private func folder(_ name: String) -> String { Fixtures.url("features/\(name)").path }

  private func expectClose(_ actual: [Float], _ expected: some Sequence<Double>, _ what: String) {
    let expected = Array(expected)
    #expect(actual.count == expected.count, "\(what)")
    for (a, e) in zip(actual, expected) { #expect(abs(Double(a) - e) < 2e-5 * max(1, abs(e)), "\(what)") }
  }

  /// Files to features: image processor, network, result.
  @Test(arguments: ["vit", "clip"])
  func imagesGiveTheReferencesFeatures(_ name: String) async throws {
    let embedder = try ImageEmbedder(folder: folder(name))
    let golden = try GoldenFile("features/images/golden.safetensors")
    let results = try await embedder.features(filesAt: Self.images)
    for feature in ImageFeature.allCases {
      let expected = try golden.doubles("\(name).\(feature.rawValue)")
      let width = try #require(embedder.featureWidths[feature])
      for (index, result) in results.enumerated() {
        let vector = try #require(try result.get()[feature])
        expectClose(vector, expected[(index * width)..<((index + 1) * width)], "\(name) \(feature) \(index)")
      }
    }
    let first = try results[0].get()
    #expect(first.cls == first[.cls] && first.pooled == first[.pooled] && first.mean == first[.mean])
    #expect(first.provenance == embedder.provenance)
    #expect(first.provenance.model.id == name)
  }

  /// All ways to ask lead to the same numbers, and a bad image does not concern its neighbours.
  @Test func allFormsGiveTheSame() async throws {
    let embedder = try ImageEmbedder(folder: folder("vit"), budget: ComputeBudget(threads: 2))
    try await embedder.prepare()
    let bytes = try Self.images.map { try [UInt8](Data(contentsOf: URL(fileURLWithPath: $0))) }
    let expected = try await embedder.features(imageBytes: bytes[0])
    #expect(try await embedder.features(fileAt: Self.images[0]) == expected)
    #expect(try await embedder.features(fileAt: URL(fileURLWithPath: Self.images[0])) == expected)
    #expect(try await embedder.features(filesAt: [URL(fileURLWithPath: Self.images[0])])[0].get() == expected)
    let batch = try await embedder.features(batch: [bytes[0], [1, 2, 3], bytes[1]], kinds: [.cls, .mean])
    #expect(try batch[0].get().cls == expected.cls)
    #expect(try batch[0].get().pooled == nil)
    #expect(throws: ImageError.self) { try batch[1].get() }
    let pixelValues = try embedder.processor.preprocess(ImageDecoder.decode(bytes[1]).image)
    #expect(try await embedder.features(pixelValues: pixelValues)[0].mean == batch[2].get().mean)
    try blockingFormsGiveTheSame(embedder, bytes[0], expected)
  }

  private func blockingFormsGiveTheSame(
    _ embedder: ImageEmbedder, _ bytes: [UInt8], _ expected: ImageFeatures
  ) throws {
    let url = URL(fileURLWithPath: Self.images[0])
    try embedder.prepareAndWait()
    #expect(try embedder.featuresAndWait(imageBytes: bytes) == expected)
    #expect(try embedder.featuresAndWait(fileAt: Self.images[0]) == expected)
    #expect(try embedder.featuresAndWait(fileAt: url) == expected)
    #expect(try embedder.featuresAndWait(batch: [bytes])[0].get() == expected)
    #expect(try embedder.featuresAndWait(filesAt: Self.images)[0].get() == expected)
    #expect(try embedder.featuresAndWait(filesAt: [url])[0].get() == expected)
    let pixelValues = try embedder.processor.preprocess(ImageDecoder.decode(bytes).image)
    #expect(try embedder.featuresAndWait(pixelValues: pixelValues) == [expected])
  }

  /// A classifier has an embedder: what its last layer reads is what the logits are made from.
  @Test func aClassifierHasFeatures() async throws {
    let folder = try TemporaryDirectory()
    let model = folder.url.appendingPathComponent("model")
    try LabelledModel.write(
      ["fake", "real"], to: model, processor: #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#)
    let classifier = try ImageClassifier(folder: model.path)
    let image = try Fixtures.bytes("photos/chelsea.jpg")
    let features = try await classifier.embedder.features(imageBytes: image)
    #expect(features.pooled == features.cls)
    #expect(features.provenance == classifier.provenance)
    let alone = try await classifier.embedder.features(imageBytes: image, kinds: [.cls])
    // A BLAS multiplies the one row that is wanted now otherwise than all of them.
    if features.provenance.kernels != .blas { #expect(alone.cls == features.cls) }
    let fields = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(features)) as? [String: Any])
    #expect(
      Set(fields.keys) == ["features", "model", "profile", "policy", "precision", "kernels", "version"])
    #expect(Set(try #require(fields["features"] as? [String: Any]).keys) == ["cls", "pooled", "mean"])
  }

  /// A folder of a classifier's kind loads as an embedder too, and gives what its classifier reads.
  @Test func classifiersFoldersLoad() throws {
    try withFolder("../vit-tiny/plain", head: nil) { folder in
      let text = #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#
      try Data(text.utf8).write(to: folder.appendingPathComponent("preprocessor_config.json"))
      let side = try AutoConfig(PretrainedConfig(contentsOfFolder: folder.path)).imageSize.height
      let sized = #"{"image_processor_type": "ViTImageProcessor", "size": \#(side)}"#
      try Data(sized.utf8).write(to: folder.appendingPathComponent("preprocessor_config.json"))
      let (embedder, classifier) = (
        try ImageEmbedder(folder: folder), try ImageClassifier(folder: folder)
      )
      let image = try Data(contentsOf: URL(fileURLWithPath: Self.images[0]))
      #expect(
        try embedder.featuresAndWait(imageBytes: image)
          == classifier.embedder.featuresAndWait(imageBytes: image))
    }
  }
}

/// Heads.
extension EmbeddingTests {
  private struct Manifest: Decodable {
    struct Head: Decodable {
      let name: String
      let model: String
      let feature: String
    }

    let heads: [Head]
  }

  /// A copy of a model's folder, with a head.
  private func withFolder<R>(_ model: String, head: Data?, _ body: (URL) throws -> R) throws -> R {
    try withTemporaryDirectory { directory in
      let folder = directory.appendingPathComponent("model", isDirectory: true)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for name in ["config.json", "model.safetensors", "preprocessor_config.json"] {
        let source = Fixtures.url("features/\(model)/\(name)").standardizedFileURL
        guard FileManager.default.fileExists(atPath: source.path) else { continue }
        try FileManager.default.copyItem(at: source, to: folder.appendingPathComponent(name))
      }
      try head?.write(to: folder.appendingPathComponent("head.safetensors"))
      return try body(folder)
    }
  }

  private func head(_ name: String) throws -> Data {
    try Data(contentsOf: Fixtures.url("features/heads/\(name).safetensors"))
  }

  private func add(_ member: String, to folder: URL) throws {
    let path = folder.appendingPathComponent("config.json")
    let text = try String(contentsOf: path, encoding: .utf8)
    try Data(("{" + member + "," + text.drop { $0 != "{" }.dropFirst()).utf8).write(to: path)
  }

  @Test func headsMatchTheReference() throws {
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(Fixtures.bytes("features/manifest.json")))
    let golden = try GoldenFile("features/heads/golden.safetensors")
    #expect(manifest.heads.count == 4)
    let names = [["fake"], ["real", "fake"], ["a", "b", "c"], ["human", "ai"]]
    for (expected, labels) in zip(manifest.heads, names) {
      try withFolder(expected.model, head: head(expected.name)) { folder in
        if expected.name == "one-logit" { try add(#""id2label": {"0": "fake"}"#, to: folder) }
        let classifier = try ImageClassifier(folder: folder)
        #expect(classifier.labels == labels)
        let pixels = try GoldenFile("features/\(expected.model)/golden.safetensors")
        let shape = try pixels.shape("pixel_values")
        let tensor = try Tensor(pixels.floats("pixel_values"), shape: shape)
        let results = try classifier.classifyAndWait(pixelValues: tensor)
        let logits = try golden.doubles(expected.name)
        for (image, result) in results.enumerated() {
          let ours = result.sorted { $0.index < $1.index }
          expectClose(
            ours.map(\.logit), logits[(image * labels.count)..<((image + 1) * labels.count)],
            "\(expected.name) \(image)")
          // One logit is a sigmoid's.
          if labels.count == 1 {
            #expect(abs(Double(ours[0].score) - 1 / (1 + exp(-Double(ours[0].logit)))) < 1e-6)
          } else {
            #expect(abs(ours.reduce(0) { $0 + $1.score } - 1) < 1e-5)
          }
        }
        // Alone as in a batch.
        let alone = try classifier.classifyAndWait(pixelValues: tensor.sliced(1..<2))
        #expect(alone[0].classifications == results[1].classifications)
        let image = try Data(contentsOf: URL(fileURLWithPath: Self.images[0]))
        #expect(try classifier.classifyAndWait(imageBytes: image).count == labels.count)
      }
    }
  }

  /// The hash covers the head, and a model whose classifier stands in a file of its own is not saved without it.
  @Test func theHeadBelongsToTheModel() throws {
    try withFolder("clip", head: head("normalized")) { folder in
      let classifier = try ImageClassifier(folder: folder)
      let lines = try ["model.safetensors", "head.safetensors"].map { name in
        let bytes = try [UInt8](Data(contentsOf: folder.appendingPathComponent(name)))
        return "\(try bytes.withUnsafeBytes { try SHA256.hexadecimal(of: $0) })  \(name)\n"
      }
      let list = try Array(lines.joined().utf8).withUnsafeBytes { try SHA256.hexadecimal(of: $0) }
      #expect(try classifier.identity.sha256 == list)
      #expect(try ImageEmbedder(folder: folder).identity.sha256 == String(lines[0].prefix(64)))
      let error = #expect(throws: LinearHeadError.self) {
        try classifier.save(toFolder: folder.appendingPathComponent("saved").path)
      }
      #expect(error == .notSaved(file: folder.appendingPathComponent("head.safetensors").path))
      let other = try ImageClassifier(folder: folder)
      #expect(other.identity == classifier.identity)
      try head("normalized").write(to: folder.appendingPathComponent("head.safetensors"))
      #expect(try ImageClassifier(folder: folder).identity != classifier.identity)
    }
  }

  /// Without a head there is nothing to classify by, which is said before any weight is packed.
  @Test(arguments: ["vit", "clip", "clip-vision", "swin"])
  func aBackboneAloneHasNoLabels(_ model: String) throws {
    try withFolder(model, head: nil) { folder in
      let text = #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#
      try Data(text.utf8).write(to: folder.appendingPathComponent("preprocessor_config.json"))
      let error = #expect(throws: ImageClassifierError.self) { try ImageClassifier(folder: folder) }
      #expect(error == .noLabels(model: "model"))
      #expect("\(try #require(error))".contains("head.safetensors"))
      #expect(try AutoModelForImageClassification.inspect(folder: folder.path).isComplete)
    }
  }

  @Test func headsThatDoNotFitAreRefused() throws {
    typealias Tensors = [(String, String, [Int])]
    let fine: Tensors = [("weight", "F32", [2, 16]), ("bias", "F32", [2])]
    let labels = [("labels", #"["a","b"]"#)]
    func wrong(
      _ tensors: Tensors, _ metadata: [(String, String)], _ expected: (String) -> LinearHeadError
    ) throws {
      try withFolder("clip", head: Self.file(tensors, metadata)) { folder in
        let error = #expect(throws: LinearHeadError.self) { try ImageClassifier(folder: folder) }
        #expect(error == expected(folder.appendingPathComponent("head.safetensors").path))
      }
    }
    try withFolder("clip", head: Self.file(fine, labels)) { _ = try ImageClassifier(folder: $0) }
    try wrong(fine + [("scale", "F32", [2])], labels) { .unknownTensor(file: $0, key: "scale") }
    try wrong([fine[0], ("fc.bias", "F32", [2])], labels) { .unknownTensor(file: $0, key: "fc.bias") }
    try wrong([fine[1]], labels) { .noWeight(file: $0) }
    try wrong([("weight", "F32", [32])], labels) {
      .wrongShape(file: $0, key: "weight", found: [32], expected: "[labels, width]")
    }
    try wrong([("weight", "F32", [0, 16])], labels) {
      .wrongShape(file: $0, key: "weight", found: [0, 16], expected: "[labels, width]")
    }
    try wrong([fine[0], ("bias", "F32", [3])], labels) {
      .wrongShape(file: $0, key: "bias", found: [3], expected: "[2]")
    }
    try wrong([("weight", "F32", [2, 24])], labels) {
      .wrongShape(
        file: $0, key: "weight", found: [2, 24], expected: "[labels, 16], since pooled has 16 numbers")
    }
    try wrong([("weight", "I32", [2, 16])], labels) {
      .notFloatingPoint(file: $0, key: "weight", dtype: .int32)
    }
    try wrong(fine, labels + [("scale", "2")]) { .unknownMetadata(file: $0, key: "scale") }
    for (key, value, expected) in [
      ("feature", "CLS", #""cls", "pooled" or "mean""#), ("normalize", "l1", #""l2" or "none""#),
      ("labels", "a,b", "a JSON list of strings"), ("labels", "[1,2]", "a JSON list of strings"),
      ("format", "tf", #""pt""#),
    ] {
      try wrong(fine, [(key, value)]) {
        .invalidMetadata(file: $0, key: key, value: value, expected: expected)
      }
    }
    try wrong(fine, [("labels", #"["a"]"#)]) {
      .labelCount(file: $0, labels: 1, rows: 2, source: "its metadata")
    }
    try wrong(fine, []) { .noLabels(file: $0, rows: 2) }
  }

  @Test func headsThatTheModelDoesNotAskForAreRefused() throws {
    let processor = Data(#"{"image_processor_type": "ViTImageProcessor", "size": 12}"#.utf8)
    // No CLS token.
    let head = Self.file([("weight", "F32", [2, 16])], [("labels", #"["a","b"]"#), ("feature", "cls")])
    try withFolder("swin", head: head) { folder in
      try processor.write(to: folder.appendingPathComponent("preprocessor_config.json"))
      let error = #expect(throws: LinearHeadError.self) { try ImageClassifier(folder: folder) }
      let path = folder.appendingPathComponent("head.safetensors").path
      #expect(error == .noFeature(file: path, feature: .cls, available: [.pooled, .mean]))
    }
    // A classifier of its own.
    try withFolder("../vit-tiny/plain", head: head) { folder in
      try processor.write(to: folder.appendingPathComponent("preprocessor_config.json"))
      let error = #expect(throws: LinearHeadError.self) { try ImageClassifier(folder: folder) }
      let path = folder.appendingPathComponent("head.safetensors").path
      #expect(
        error
          == .besideClassifier(
            file: path, weights: folder.appendingPathComponent("model.safetensors").path))
    }
    // Names in config.json, too many.
    try withFolder("clip", head: Self.file([("weight", "F32", [1, 16])], [])) { folder in
      try add(#""id2label": {"0": "a", "1": "b"}"#, to: folder)
      let error = #expect(throws: LinearHeadError.self) { try ImageClassifier(folder: folder) }
      let path = folder.appendingPathComponent("head.safetensors").path
      #expect(error == .labelCount(file: path, labels: 2, rows: 1, source: "config.json"))
    }
    // Not a number.
    var infinite = Self.file([("weight", "F32", [2, 16])], [("labels", #"["a","b"]"#)])
    infinite.replaceSubrange((infinite.count - 4)..., with: [0, 0, 0x80, 0x7F])
    try withFolder("clip", head: infinite) { folder in
      let error = #expect(throws: LinearHeadError.self) { try ImageClassifier(folder: folder) }
      #expect(error == .notFinite(file: folder.appendingPathComponent("head.safetensors").path))
    }
  }

  /// A safetensors file of zeros.
  private static func file(_ tensors: [(String, String, [Int])], _ metadata: [(String, String)]) -> Data {
    var parts: [String] = []
    if !metadata.isEmpty {
      let members = metadata.map { key, value in
        "\"\(key)\":\"\(value.replacing("\"", with: "\\\""))\""
      }
      parts.append("\"__metadata__\":{\(members.joined(separator: ","))}")
    }
    var offset = 0
    for (name, dtype, shape) in tensors {
      let end = offset + 4 * shape.reduce(1, *)
      parts.append(
        "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    let header = Data("{\(parts.joined(separator: ","))}".utf8)
    var data = Data()
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    return data + header + Data(count: offset)
  }
}
