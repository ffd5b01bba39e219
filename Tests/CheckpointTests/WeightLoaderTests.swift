import Checkpoint
import TensorCore
import TestSupport
import ViTModel
import Testing

@Suite struct WeightLoaderTests {
  /// What a Vision Transformer of hidden size 4, two layers, MLP 8, image 4, patch 2 and three labels asks for.
  private static let wanted: [(name: String, shape: [Int])] = {
    var wanted: [(String, [Int])] = [
      ("vit.embeddings.cls_token", [1, 1, 4]), ("vit.embeddings.position_embeddings", [1, 5, 4]),
      ("vit.embeddings.patch_embeddings.projection.weight", [4, 3, 2, 2]),
      ("vit.embeddings.patch_embeddings.projection.bias", [4]),
      ("vit.layernorm.weight", [4]), ("vit.layernorm.bias", [4]),
      ("classifier.weight", [3, 4]), ("classifier.bias", [3]),
    ]
    for layer in 0..<2 {
      let prefix = "vit.encoder.layer.\(layer)."
      for module in [
        "attention.attention.query", "attention.attention.key", "attention.attention.value",
        "attention.output.dense",
      ] {
        wanted += [("\(prefix)\(module).weight", [4, 4]), ("\(prefix)\(module).bias", [4])]
      }
      for module in ["layernorm_before", "layernorm_after"] {
        wanted += [("\(prefix)\(module).weight", [4]), ("\(prefix)\(module).bias", [4])]
      }
      wanted += [("\(prefix)intermediate.dense.weight", [8, 4]), ("\(prefix)intermediate.dense.bias", [8])]
      wanted += [("\(prefix)output.dense.weight", [4, 8]), ("\(prefix)output.dense.bias", [4])]
    }
    return wanted
  }()

  private static func open(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(contentsOf: Fixtures.url("safetensors/families/\(name).safetensors").path)
  }

  /// A file of F32 tensors, each filled with its number.
  private static func file(_ tensors: [(name: String, shape: [Int])]) throws -> SafetensorsFile {
    var header: [String] = []
    var data: [UInt8] = []
    for (index, tensor) in tensors.enumerated() {
      let count = tensor.shape.reduce(1, *)
      header.append(
        "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(data.count),\(data.count + 4 * count)]}"
      )
      let bits = Float(index + 1).bitPattern
      for _ in 0..<count { data += (0..<4).map { UInt8(bits >> ($0 * 8) & 0xFF) } }
    }
    return try SafetensorsFile(
      bytes: safetensors("{" + header.joined(separator: ",") + "}", data), name: "test")
  }

  struct Family: Sendable, CustomTestStringConvertible {
    let file: String
    let naming: KeyNaming
    let unexpected: [String]
    let tensorCount: Int
    var testDescription: String { file }
  }

  static let families: [Family] = [
    Family(
      file: "transformers4-vit", naming: .init(family: .transformers4, prefix: "vit."), unexpected: [],
      tensorCount: 40),
    Family(
      file: "transformers4", naming: .init(family: .transformers4, prefix: ""), unexpected: [],
      tensorCount: 40),
    Family(
      file: "transformers5-vit", naming: .init(family: .transformers5, prefix: "vit."), unexpected: [],
      tensorCount: 40),
    Family(
      file: "transformers5", naming: .init(family: .transformers5, prefix: ""), unexpected: [],
      tensorCount: 40),
    Family(file: "timm", naming: .init(family: .timm, prefix: ""), unexpected: [], tensorCount: 32),
    Family(file: "timm-vit", naming: .init(family: .timm, prefix: "vit."), unexpected: [], tensorCount: 32),
    Family(
      file: "transformers4-vit-pooler", naming: .init(family: .transformers4, prefix: "vit."),
      unexpected: ["vit.pooler.dense.bias", "vit.pooler.dense.weight"], tensorCount: 40),
  ]

  @Test(arguments: families)
  func everyFamilyGivesTheSameTensors(_ family: Family) throws {
    let reference = try Self.open("transformers4-vit")
    let loader = WeightLoader(try Self.open(family.file))
    #expect(loader.naming == family.naming)
    for (name, shape) in Self.wanted {
      #expect(loader.contains(name))
      let tensor = try loader.tensor(name, shape: shape)
      #expect(tensor.shape == shape)
      #expect(try tensor.elements == (reference.tensor(name).elements), "\(name)")
    }
    let report = try loader.finish()
    #expect(report.keyFamily == family.naming.family)
    #expect(report.unexpected.sorted() == family.unexpected)
    #expect(report.loadedCount == family.tensorCount)
    #expect(report.isComplete)
  }

  @Test func scopesAreTheKeyPath() throws {
    let root = WeightLoader(try Self.open("timm"))
    let layer = root.scoped("vit").scoped("encoder").scoped("layer").scoped("1")
    #expect(layer.path == "vit.encoder.layer.1")
    let attention = layer.scoped("attention.attention")
    let key = try attention.scoped("key").tensor("weight", shape: [4, 4])
    #expect(try key.elements == Self.open("timm").tensor("blocks.1.attn.qkv.weight", rows: 4..<8).elements)
    // All scopes share one account.
    #expect(throws: LoadError.self) {
      _ = try layer.tensor("nothing.weight", shape: [1])
      try root.finish()
    }
  }

  @Test(arguments: families)
  func everyKeyThatIsMissingIsReportedUnderTheFilesOwnName(_ family: Family) throws {
    let source = try Self.open(family.file)
    let loader = WeightLoader(source)
    let more = Self.wanted.map { ($0.name.replacing("layer.1.", with: "layer.7."), $0.shape) }
    for (name, shape) in more {
      let tensor = try loader.tensor(name, shape: shape)
      #expect(tensor.shape == shape)
    }
    do {
      try loader.finish()
      Issue.record("a model of other layers was loaded")
    } catch {
      let ours = source.names.filter { $0.contains(".1.") }
      #expect(error.report.missing.sorted() == ours.map { $0.replacing(".1.", with: ".7.") }.sorted())
      #expect(error.report.unexpected.sorted() == (ours + family.unexpected).sorted())
      #expect(error.report.mismatched.isEmpty)
      #expect(error.description.contains("missing: "))
    }
  }

  @Test func misshapenTensorsAreReportedTogetherAndReplacedByZeros() throws {
    let loader = WeightLoader(try Self.open("transformers4-vit"))
    #expect(
      try loader.tensor("classifier.weight", shape: [5, 4]).elements == [Float](repeating: 0, count: 20))
    #expect(try loader.tensor("classifier.bias", shape: [5]).shape == [5])
    #expect(try loader.tensorIfPresent("vit.layernorm.bias", shape: [])?.elements == [0])
    do {
      try loader.finish()
      Issue.record("misshapen tensors were loaded")
    } catch {
      #expect(
        error.report.mismatched == [
          .init(key: "classifier.weight", expected: [5, 4], found: [3, 4]),
          .init(key: "classifier.bias", expected: [5], found: [3]),
          .init(key: "vit.layernorm.bias", expected: [], found: [4]),
        ])
      #expect(error.report.missing.isEmpty)
      #expect(error.report.unexpected.count == 37)
      #expect(error.report.loadedCount == 0)
    }
  }

  @Test func aFusedTensorIsReportedOnce() throws {
    let loader = WeightLoader(try Self.open("timm"))
    for part in ["query", "key", "value"] {
      let attention = loader.scoped("vit.encoder.layer.0.attention.attention")
      #expect(try attention.tensor("\(part).weight", shape: [6, 6]).shape == [6, 6])
      #expect(try attention.tensor("\(part).gate", shape: [6]).shape == [6])
    }
    do {
      try loader.finish()
      Issue.record("misshapen tensors were loaded")
    } catch {
      #expect(
        error.report.mismatched == [
          .init(key: "blocks.0.attn.qkv.weight", expected: [18, 6], found: [12, 4])
        ])
      #expect(error.report.missing == ["blocks.0.attn.qkv.gate"])
    }
  }

  @Test func anOptionalTensorMayBeMissing() throws {
    let loader = WeightLoader(try Self.open("transformers5"))
    #expect(try loader.tensorIfPresent("vit.pooler.dense.weight", shape: [4, 4])?.shape == nil)
    #expect(try loader.tensorIfPresent("vit.layernorm.weight", shape: [4])?.shape == [4])
    #expect(try loader.finish().missing.isEmpty)
  }

  @Test func aStrangersFileIsTakenForTransformers4() throws {
    for names in [[], ["conv1.weight"], ["encoder.block.0.weight", "head.bias"]] {
      let file = try Self.file(names.map { ($0, [1]) })
      let loader = WeightLoader(file)
      #expect(loader.naming == KeyNaming(family: .transformers4, prefix: "vit."))
      for (name, shape) in Self.wanted { _ = try loader.tensor(name, shape: shape) }
      do {
        try loader.finish()
        Issue.record("a stranger's file was loaded")
      } catch {
        #expect(error.report.missing == Self.wanted.map(\.name))
        #expect(error.report.unexpected == names)
      }
    }
  }

  @Test func scalarsAndEmptyTensorsAreLoaded() throws {
    let loader = WeightLoader(try Self.file([("s", []), ("e", [0, 3])]))
    #expect(try loader.tensor("s", shape: []).elements == [1])
    #expect(try loader.tensor("e", shape: [0, 3]).elements == [])
    #expect(try loader.finish().loadedCount == 2)
  }

  @Test func shapesThatCannotBeAreTypedErrors() throws {
    let timm = WeightLoader(try Self.open("timm"))
    let name = "vit.encoder.layer.0.attention.attention.query.weight"
    for shape in [[Int.max, 4], [-1, 4], [Int.min, 4]] {
      #expect(throws: TensorError.self) { try timm.tensor(name, shape: shape) }
      #expect(throws: TensorError.self) { try timm.tensor("classifier.weight", shape: [shape[0], Int.max]) }
    }
  }

  @Test func anUnreadableTypeStopsTheLoading() throws {
    let loader = WeightLoader(
      try SafetensorsFile(
        bytes: safetensors(#"{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}"#, [0])))
    #expect(throws: CheckpointError.self) { try loader.tensor("a", shape: [1]) }
  }

  @Test func tasksShareOneAccount() async throws {
    let loader = WeightLoader(try Self.open("timm-vit"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (name, shape) in Self.wanted {
        group.addTask { _ = try loader.tensor(name, shape: shape) }
      }
      try await group.waitForAll()
    }
    #expect(try loader.finish().loadedCount == 32)
  }

  /// Has every tensor in the one shape, or none.
  private struct Stub: TensorSource {
    let shape: [Int]?
    let path = "stub"
    let names: [String] = []
    func shape(of name: String) -> [Int]? { shape }
    func read(_ name: String) throws -> Tensor { try Tensor(repeating: 0, shape: shape ?? []) }
    func read(_ name: String, rows: Range<Int>) throws -> Tensor { try read(name) }
  }

  /// A configuration of thousands of layers over a file that has none of them: each problem must cost the
  /// same, however many there were before. The limit is against hanging: walking the list took far longer.
  @Test(.timeLimit(.minutes(10)), arguments: [nil, [7]] as [[Int]?])
  func aHundredThousandProblemsAreReported(shape: [Int]?) throws {
    let count = 100_000
    let loader = WeightLoader(Stub(shape: shape))
    for index in 0..<count { _ = try loader.tensor("vit.encoder.layer.\(index).weight", shape: [1]) }
    do {
      try loader.finish()
      Issue.record("a stub was loaded")
    } catch {
      #expect(error.report.missing.count == (shape == nil ? count : 0))
      #expect(error.report.mismatched.count == (shape == nil ? 0 : count))
      // In the order in which they were asked for.
      let last = error.report.missing.last ?? error.report.mismatched.last?.key
      #expect(last == "vit.encoder.layer.99999.weight")
    }
  }

  @Test func theReportIsReadable() {
    let report = LoadReport(
      file: "m.safetensors", naming: .init(family: .timm, prefix: ""),
      missing: (0..<12).map { "k\($0)" }, unexpected: ["u"],
      mismatched: [.init(key: "w", expected: [2, 3], found: [3])], loadedCount: 7)
    #expect(
      report.description == """
        m.safetensors: 7 tensors loaded (keys: timm without prefix)
          12 missing: k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, ...
          1 of the wrong shape: w is [3], needed [2, 3]
          1 not used: u
        """)
    #expect(!report.isComplete)
  }
}
