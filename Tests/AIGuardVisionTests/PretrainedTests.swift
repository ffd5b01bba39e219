#if Hub
  import AIGuardVision
  import Foundation
  import TestSupport
  import Testing

  /// Models by id. What the Hub itself does is tested with `ModelHub`.
  @Suite struct PretrainedTests {
    /// A cache as Python leaves it, with one model.
    private func cache(_ folder: TemporaryDirectory) throws -> ModelHub {
      let commit = String(repeating: "ab", count: 20)
      for name in ["config.json", "model.safetensors"] {
        try folder.write(
          Fixtures.bytes("vit-tiny/five-heads/\(name)"),
          to: "hub/models--org--vit/snapshots/\(commit)/\(name)")
      }
      try folder.write(
        #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#,
        to: "hub/models--org--vit/snapshots/\(commit)/preprocessor_config.json")
      try folder.write(commit, to: "hub/models--org--vit/refs/main")
      return try ModelHub(
        endpoint: "http://127.0.0.1:9", cacheFolder: folder.url.appendingPathComponent("hub"), isOffline: true
      )
    }

    @Test func anIdIsLookedUpInTheCache() async throws {
      let folder = try TemporaryDirectory()
      let hub = try cache(folder)
      let classifier = try await ImageClassifier.fromPretrained("org/vit", hub: hub)
      #expect(classifier.identity.id == "org/vit")
      #expect(classifier.labels[0] == "tabby cat")
      let result = try await classifier.classify(imageBytes: Fixtures.bytes("photos/chelsea.jpg"))
      #expect(result.count == 5)
      let commit = String(repeating: "ab", count: 20)
      #expect(
        try await ImageClassifier.fromPretrained("org/vit", revision: commit, hub: hub).identity
          == classifier.identity)
    }

    @Test func aFolderIsTakenForAFolder() async throws {
      let folder = try TemporaryDirectory()
      let path =
        try cache(folder).cacheFolder + "/models--org--vit/snapshots/" + String(repeating: "ab", count: 20)
      let classifier = try await ImageClassifier.fromPretrained(path)
      #expect(classifier.identity.id == String(repeating: "ab", count: 20))
    }

    /// The classes that the model's card names, by id and by folder.
    @Test func thePartsOfAClassifierHaveItToo() async throws {
      let folder = try TemporaryDirectory()
      let hub = try cache(folder)
      let classifier = try await ImageClassifier.fromPretrained("org/vit", hub: hub)
      let path = hub.cacheFolder + "/models--org--vit/snapshots/" + String(repeating: "ab", count: 20)
      let image = try Fixtures.bytes("photos/chelsea.jpg")
      let result = try await classifier.classify(imageBytes: image)
      for name in ["org/vit", path] {
        let processor = try await AutoImageProcessor.fromPretrained(name, hub: hub)
        let model = try await ViTForImageClassification.fromPretrained(name, hub: hub)
        let logits = try model(processor.preprocess(ImageDecoder.decode(image).image)).logits
        #expect(try logits.elements == result.sorted { $0.index < $1.index }.map(\.logit))
      }
      // The processor alone needs no weights.
      try FileManager.default.removeItem(atPath: path + "/model.safetensors")
      #expect(
        try await ViTImageProcessor.fromPretrained("org/vit", hub: hub).config
          == classifier.processor.config)
      await #expect(throws: HubError.self) {
        try await ViTForImageClassification.fromPretrained("org/vit", hub: hub)
      }
    }

    @Test func whatIsNeitherIsATypedError() async throws {
      let folder = try TemporaryDirectory()
      let hub = try cache(folder)
      await #expect(throws: HubError.invalidRepositoryID("./no/such/folder")) {
        try await ImageClassifier.fromPretrained("./no/such/folder", hub: hub)
      }
      await #expect(throws: HubError.self) { try await ImageClassifier.fromPretrained("org/none", hub: hub) }
    }
  }
#endif
