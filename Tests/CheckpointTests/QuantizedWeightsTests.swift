import Foundation
import Platform
import TensorCore
import TestSupport
import ViTModel
import Testing

@testable import Checkpoint

/// Weights of 8-bit integers, as their makers save them (`Fixtures/quantized/make.py`).
@Suite struct QuantizedWeightsTests {
  static let models = [
    "bitsandbytes", "bitsandbytes-dinov2", "compressed-channel", "compressed-tensor",
    "compressed-channel-bfloat16",
    "compressed-channel-float16",
  ]

  private static func folder(_ name: String) -> String { Fixtures.url("quantized/\(name)").path }

  /// Bit for bit what transformers makes of them, whole, by rows and as blocks.
  @Test(arguments: models)
  func integersBecomeTheReferencesNumbers(_ name: String) throws {
    let golden = try SafetensorsFile(contentsOf: Self.folder(name) + "/golden.safetensors")
    let weights = try ModelWeights(contentsOfFolder: Self.folder(name))
    let keys = golden.names.filter { $0.hasPrefix("weight.") }.map { String($0.dropFirst("weight.".count)) }
    #expect(keys.count >= 12)
    for key in keys {
      let expected = try golden.tensor("weight." + key)
      #expect(try firstBitwiseDifference(weights.read(key).elements, expected.elements) == nil, "\(key)")
      #expect(weights.dtype(of: key) == .float32)
      for rows in [0..<1, 1..<3, 2..<2] {
        #expect(
          firstBitwiseDifference(
            try weights.read(key, rows: rows).elements, try expected.sliced(rows).elements) == nil)
      }
      for rows in [nil, 1..<3] {
        var bytes: [UInt8] = []
        try weights.forEachBlock(of: key, rows: rows) { bytes += $0 }
        let found = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        let part = try rows.map { try expected.sliced($0) } ?? expected
        #expect(try firstBitwiseDifference(found, part.elements) == nil, "\(key)")
      }
    }
    #expect(
      !weights.names.contains {
        $0.hasSuffix("SCB") || $0.hasSuffix("weight_scale") || $0.hasSuffix("_format")
      })
  }

  /// What transformers saves of a gated MLP lacks the scales of the joined matrix; it cannot load that either.
  @Test func integersWithoutTheirScalesAreRefused() {
    #expect(throws: CheckpointError.self) {
      try ModelWeights(contentsOfFolder: Self.folder("bitsandbytes-gated"))
    }
  }

  /// Every method of transformers 5.23 but two, and the forms of these two that are not undone.
  @Test(
    arguments: [
      "{}", #"{"quant_method": "bitsandbytes"}"#, #"{"quant_method": "bitsandbytes", "load_in_4bit": true}"#,
      #"{"load_in_4bit": true, "load_in_8bit": true}"#, #"{"quant_method": "compressed-tensors"}"#,
      #"{"quant_method": "compressed-tensors", "format": "pack-quantized"}"#,
      #"{"quant_method": "compressed-tensors", "format": "int-quantized", "transform_config": {"a": 1}}"#,
      #"{"quant_method": "compressed-tensors", "format": "int-quantized", "sparsity_config": {"format": "sparse-bitmask"}}"#,
      #"{"quant_method": "compressed-tensors", "format": "int-quantized", "config_groups": {"a": {"weights": {"symmetric": false}}}}"#,
      #"{"quant_method": "compressed-tensors", "format": "int-quantized", "config_groups": {"a": {"weights": {"strategy": "group"}}}}"#,
      #"{"quant_method": "compressed-tensors", "format": "int-quantized", "config_groups": {"a": {"weights": {"type": "float"}}}}"#,
    ]
      + [
        "awq", "gptq", "aqlm", "quanto", "quark", "fouroversix", "fp_quant", "eetq", "higgs", "hqq",
        "fbgemm_fp8", "torchao",
        "bitnet", "vptq", "spqr", "fp8", "gguf", "nvfp4", "mxfp8", "auto-round", "mxfp4", "metal", "sinq",
        "gemma", "new",
      ].map { #"{"quant_method": "\#($0)"}"# })
  func otherWaysAreRefusedByName(_ text: String) throws {
    let config = try PretrainedConfig(bytes: Array(#"{"quantization_config": \#(text)}"#.utf8))
    let error = #expect(throws: CheckpointError.self) { try config.weightQuantization() }
    #expect(error?.kind == "unsupported")
    if let name = text.split(separator: "\"").dropFirst(3).first, text.hasPrefix(#"{"quant_method""#),
      !text.contains(",")
    {
      #expect("\(try #require(error))".contains(name))
    }
  }

  @Test func theOthersAreRead() throws {
    for (text, expected) in [
      (#"{"quantization_config": null}"#, nil), ("{}", nil),
      (#"{"quantization_config": {"load_in_8bit": true}}"#, .llmInt8),
      (
        #"{"quantization_config": {"quant_method": "compressed-tensors", "format": "int-quantized"}}"#,
        .compressedTensors
      ),
    ] as [(String, WeightQuantization?)] {
      #expect(try PretrainedConfig(bytes: Array(text.utf8)).weightQuantization() == expected)
    }
    #expect(throws: CheckpointError.self) {
      try PretrainedConfig(bytes: Array(#"{"quantization_config": "gptq"}"#.utf8)).weightQuantization()
    }
  }

  private static func weights(
    _ companion: String, _ dtype: String, _ shape: [Int], _ byteCount: Int, format: UInt8? = nil
  ) throws -> ModelWeights {
    var entries = [
      SafetensorsBytes.Entry(name: "a.weight", dtype: "I8", shape: [2, 2], data: [1, 2, 3, 4]),
      SafetensorsBytes.Entry(
        name: companion, dtype: dtype, shape: shape, data: [UInt8](repeating: 0, count: byteCount)),
    ]
    if let format {
      entries.append(.init(name: "a.weight_format", dtype: "U8", shape: [], data: [format]))
    }
    return try ModelWeights(SafetensorsFile(bytes: SafetensorsBytes.file(entries), name: "test"))
  }

  @Test func scalesThatDoNotFitAreRefused() throws {
    typealias Problem = CheckpointError.Problem
    func kind(_ way: WeightQuantization, _ weights: ModelWeights) -> String? {
      let result = Result { try weights.dequantized(way) }
      if case .failure(let error as CheckpointError) = result { return error.kind }
      return nil
    }
    #expect(kind(.llmInt8, try Self.weights("a.SCB", "F32", [2], 8, format: 0)) == nil)
    #expect(kind(.llmInt8, try Self.weights("a.SCB", "F32", [2], 8, format: 2)) == "format")
    #expect(kind(.llmInt8, try Self.weights("a.SCB", "F32", [2, 1], 8)) == "shape")
    #expect(kind(.llmInt8, try Self.weights("a.SCB", "F32", [1], 4)) == "shape")
    #expect(kind(.llmInt8, try Self.weights("a.SCB", "F16", [2], 4)) == "element-type")
    #expect(kind(.llmInt8, try Self.weights("a.weight_scale", "F32", [2], 8)) == "missing")
    #expect(kind(.compressedTensors, try Self.weights("a.weight_scale", "F32", [2, 1], 8)) == nil)
    #expect(kind(.compressedTensors, try Self.weights("a.weight_scale", "BF16", [], 2)) == nil)
    // The reference would multiply columns by these.
    #expect(kind(.compressedTensors, try Self.weights("a.weight_scale", "F32", [2], 8)) == "shape")
    #expect(kind(.compressedTensors, try Self.weights("a.weight_scale", "F32", [2, 2], 16)) == "shape")
    #expect(kind(.compressedTensors, try Self.weights("a.weight_scale", "F64", [1], 8)) == "element-type")
    #expect(kind(.compressedTensors, try Self.weights("a.SCB", "F32", [2], 8)) == "missing")
  }

  // MARK: Tensors beside the weights

  /// What says that a weight means something else is never ignored.
  @Test(arguments: [
    "SCB", "weight_format", "qweight", "qzeros", "scales", "g_idx", "zero_point", "weight_zero_point",
    "weight_scale",
    "weight_scale_inv", "input_scale", "weight.absmax", "weight.quant_map",
    "weight.quant_state.bitsandbytes__nf4",
    "weight._data", "weight_mask", "lora_A.default.weight", "base_layer.weight",
    "parametrizations.weight.original0",
  ])
  func companionsAreRefusedByName(_ leaf: String) throws {
    for weight in ["F32", "I8", "U8"] {
      let size = weight == "F32" ? 4 : 1
      let entries = ["weight", leaf, "bias"].map { name in
        SafetensorsBytes.Entry(
          name: "classifier." + name, dtype: weight, shape: [1, 1], data: [UInt8](repeating: 1, count: size))
      }
      let loader = WeightLoader(try SafetensorsFile(bytes: SafetensorsBytes.file(entries)))
      _ = try loader.tensor("classifier.weight", shape: [1, 1])
      let error = try #require(throws: LoadError.self) { try loader.finish() }
      #expect(error.report.companions == ["classifier." + leaf])
      #expect("\(error)".contains("classifier." + leaf))
    }
    let missing = WeightLoader(
      try SafetensorsFile(
        bytes: SafetensorsBytes.file([.init(name: "classifier." + leaf, dtype: "U8", shape: [1], data: [1])]))
    )
    _ = try missing.tensor("classifier.weight", shape: [1, 1])
    #expect(throws: LoadError.self) { try missing.finish() }
    #expect((try? missing.finish()) == nil)
  }

  /// A bias that the configuration switches off is ignored, as in the reference, and so is what belongs to no weight.
  @Test func otherUnusedTensorsDoNoHarm() throws {
    let names = ["a.weight", "a.bias", "b.SCB", "c.position_ids", "a_scale"]
    let loader = WeightLoader(
      try SafetensorsFile(
        bytes: SafetensorsBytes.file(names.map { .init(name: $0, dtype: "U8", shape: [1], data: [1]) })))
    _ = try loader.tensor("a.weight", shape: [1])
    let report = try loader.finish()
    #expect(report.companions.isEmpty)
    #expect(Set(report.unexpected) == ["a.bias", "b.SCB", "c.position_ids", "a_scale"])
  }

  @Test(arguments: ["module.", "_orig_mod.", "model.", "a.b."])
  func aPrefixIsNamed(_ prefix: String) throws {
    let names = ["vit.embeddings.cls_token", "vit.layernorm.bias", "classifier.bias"]
    for start in ["", "vit."] {
      let loader = WeightLoader(
        try SafetensorsFile(
          bytes: SafetensorsBytes.file(
            names.map {
              .init(
                name: prefix + $0.dropFirst($0.hasPrefix(start) ? start.count : 0), dtype: "U8", shape: [1],
                data: [1])
            })))
      for name in names { _ = try loader.tensor(name, shape: [1]) }
      let error = try #require(throws: LoadError.self) { try loader.finish() }
      #expect(error.report.foreignPrefix == prefix)
      #expect("\(error)".contains("\"\(prefix)\""))
    }
  }

  /// timm's variants of the plain transformer are not taken for it.
  @Test func whatTimmHasBesidesIsRefused() throws {
    let names = ["blocks.0.attn.proj.bias", "blocks.0.attn.q_norm.weight", "norm_pre.bias", "head.bias"]
    let loader = WeightLoader(
      try SafetensorsFile(
        bytes: SafetensorsBytes.file(names.map { .init(name: $0, dtype: "U8", shape: [1], data: [1]) })))
    _ = try loader.tensor("vit.encoder.layer.0.attention.output.dense.bias", shape: [1])
    let error = try #require(throws: LoadError.self) { try loader.finish() }
    #expect(error.report.companions == ["blocks.0.attn.q_norm.weight", "norm_pre.bias"])
    #expect(error.report.unexpected == ["head.bias"])
  }

  // MARK: Writing

  @Test func quantisedFilesAreCopiedOrRefusedButNotRounded() throws {
    let folder = try TemporaryFolder()
    let source = Self.folder("bitsandbytes") + "/model.safetensors"
    let copy = folder.path + "/copy.safetensors"
    try ModelWeights(contentsOf: source).save(to: copy)
    #expect(
      try fixture("quantized/bitsandbytes/model.safetensors")
        == InputFile(path: copy).contents(limit: 1 << 24))
    #expect(throws: ModelSaveError.self) {
      try ModelWeights(contentsOf: source).save(to: copy, dtype: .bfloat16)
    }
  }

  @Test(arguments: models)
  func aFolderIsSavedAsTheNumbersThatItStandsFor(_ name: String) throws {
    let folder = try TemporaryFolder()
    let files = ModelFolder(Self.folder(name))
    try ModelWeights(contentsOfFolder: files.path).save(
      toFolder: folder.path, files: files.configurationFiles(dtype: nil))
    let config = try PretrainedConfig(contentsOfFolder: folder.path)
    #expect(!config.contains("quantization_config"))
    #expect(config.torchDType == .float32)
    let saved = try ModelWeights(contentsOf: folder.path + "/model.safetensors")
    let weights = try ModelWeights(contentsOfFolder: files.path)
    #expect(Set(saved.names) == Set(weights.names))
    for key in saved.names {
      #expect(try firstBitwiseDifference(saved.read(key).elements, weights.read(key).elements) == nil)
    }
  }
}
