#if Hub
  import AIGuardVision
  import Foundation
  import TestSupport
  import Testing

  /// Adapters by their ids, with bases that they name, in a cache as Python leaves it.
  @Suite struct AdapterHubTests {
    private static let commits = ["adapter": "a", "base": "b", "other": "c"].mapValues {
      String(repeating: $0, count: 40)
    }

    /// A cache with `org/adapter` and `aiguardvision/tiny-clip`, at the revisions `main` and `v1`.
    private func cache(_ folder: TemporaryDirectory, changing change: (String) -> String = { $0 }) throws
      -> ModelHub
    {
      func put(_ source: String, _ model: String, _ commit: String, revision: String) throws {
        let root = "hub/models--" + model.replacingOccurrences(of: "/", with: "--")
        let names = try FileManager.default.contentsOfDirectory(atPath: Fixtures.url(source).path)
        for name in names {
          var bytes = try Fixtures.bytes(source + "/" + name)
          if name == "adapter_config.json" {
            bytes = Array(change(String(decoding: bytes, as: UTF8.self)).utf8)
          }
          try folder.write(bytes, to: "\(root)/snapshots/\(commit)/\(name)")
        }
        try folder.write(commit, to: "\(root)/refs/\(revision)")
      }
      try put("adapters/clip/adapter", "org/adapter", Self.commits["adapter", default: ""], revision: "main")
      try put(
        "adapters/clip/base", "aiguardvision/tiny-clip", Self.commits["base", default: ""], revision: "main")
      // Another model under the same name at another revision.
      try put(
        "adapters/siglip/base", "aiguardvision/tiny-clip", Self.commits["other", default: ""], revision: "v1")
      return try ModelHub(
        endpoint: "http://127.0.0.1:9", cacheFolder: folder.url.appendingPathComponent("hub"), isOffline: true
      )
    }

    private func logits(_ model: AutoModelForImageClassification) throws -> [Float] {
      let golden = try GoldenFile("adapters/clip/golden.safetensors")
      let pixels = try Tensor(golden.floats("pixel_values"), shape: golden.shape("pixel_values"))
      return try model(pixels).logits.elements
    }

    @Test func theBaseIsTakenFromTheHub() async throws {
      let folder = try TemporaryDirectory()
      let hub = try cache(folder)
      let classifier = try await ImageClassifier.fromPretrained("org/adapter", hub: hub)
      let golden = try GoldenFile("adapters/clip/golden.safetensors")
      let worst = largestError(try logits(classifier.model), try golden.doubles("logits.f64"))
      #expect(worst.error < 2e-5, "\(worst)")
      #expect(classifier.identity.id == "org/adapter")
      let model = try await ViTForImageClassification.fromPretrained("org/adapter", hub: hub)
      #expect(try logits(model) == logits(classifier.model))
      // The adapter has no image processor: it is the base's.
      let processor = try await ViTImageProcessor.fromPretrained("org/adapter", hub: hub)
      #expect(processor.config == classifier.processor.config)
      // By its folder too, and with a base that is named.
      let path = hub.cacheFolder + "/models--org--adapter/snapshots/" + Self.commits["adapter", default: ""]
      #expect(try await logits(ImageClassifier.fromPretrained(path, hub: hub).model) == logits(model))
      let base = Fixtures.url("adapters/clip/base").path
      for name in [base, "aiguardvision/tiny-clip"] {
        let named = try await ImageClassifier.fromPretrained("org/adapter", hub: hub, base: name)
        #expect(try logits(named.model) == logits(model))
      }
    }

    @Test func theBasesRevisionCounts() async throws {
      let folder = try TemporaryDirectory()
      let hub = try cache(folder) {
        $0.replacingOccurrences(of: #""revision": null"#, with: #""revision": "v1""#)
      }
      // It is another model at that revision, whose keys are the same; its configuration is not.
      let classifier = try await ImageClassifier.fromPretrained("org/adapter", hub: hub)
      #expect(classifier.model.config.modelType == "siglip")
      let none = try cache(TemporaryDirectory()) {
        $0.replacingOccurrences(of: #""revision": null"#, with: #""revision": "v2""#)
      }
      await #expect(throws: HubError.self) {
        try await ImageClassifier.fromPretrained("org/adapter", hub: none)
      }
    }

    /// A file of weights can be named for a model of the Hub.
    @Test func weightsCanBeNamed() async throws {
      let folder = try TemporaryDirectory()
      let hub = try cache(folder)
      let snapshot =
        hub.cacheFolder + "/models--aiguardvision--tiny-clip/snapshots/" + Self.commits["base", default: ""]
      let expected = try await logits(
        ViTForImageClassification.fromPretrained("aiguardvision/tiny-clip", hub: hub))
      try FileManager.default.moveItem(
        atPath: snapshot + "/model.safetensors", toPath: snapshot + "/other.safetensors")
      await #expect(throws: HubError.self) {
        try await ViTForImageClassification.fromPretrained("aiguardvision/tiny-clip", hub: hub)
      }
      let model = try await ViTForImageClassification.fromPretrained(
        "aiguardvision/tiny-clip", hub: hub, weightsFile: "other.safetensors")
      #expect(try logits(model) == expected)
    }
  }
#endif
