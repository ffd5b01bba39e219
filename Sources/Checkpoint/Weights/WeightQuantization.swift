import JSONText

/// How a model's weights were rounded to 8 bits, for the two ways that are undone while they are read.
public enum WeightQuantization: String, Sendable, CaseIterable {
  /// LLM.int8 of bitsandbytes: beside each `weight` of integers stands `SCB`, the largest magnitude of each row.
  case llmInt8 = "LLM.int8"
  /// The formats `int-quantized` and `naive-quantized` of compressed-tensors: beside each `weight` of integers stands
  /// `weight_scale`, a factor for each row or one for all.
  case compressedTensors = "compressed-tensors"
}

extension PretrainedConfig {
  /// What `quantization_config` says of the weights; `nil` where there is none.
  ///
  /// - Throws: `CheckpointError.Problem.unsupported`, which names the method, for every other way of rounding weights.
  public func weightQuantization() throws(CheckpointError) -> WeightQuantization? {
    let key = "quantization_config"
    guard let object = try JSONFields(json, file: file).optional(key, .object) else { return nil }
    return try QuantizationReader(file: file, object: object).quantization()
  }

  /// The same configuration for weights that are floating-point numbers again.
  package func withoutQuantization() -> JSONObject {
    JSONObject(members: json.members.filter { $0.key != "quantization_config" })
      .settingDType(.float32)
  }
}

/// Reads the object `quantization_config`, as transformers picks a method by it.
private struct QuantizationReader {
  let file: String
  let object: JSONObject

  private static let key = "quantization_config"

  func quantization() throws(CheckpointError) -> WeightQuantization {
    // These two count before the method's name, as in the reference.
    if try flag("load_in_4bit") { throw unsupported("load_in_4bit", .bool(true)) }
    if try flag("load_in_8bit") { return .llmInt8 }
    switch object["quant_method"] {
    case .string("compressed-tensors")?:
      try checkCompressedTensors()
      return .compressedTensors
    case let method: throw unsupported("quant_method", method ?? .null)
    }
  }

  private func checkCompressedTensors() throws(CheckpointError) {
    guard let format = object["format"], Self.isPlainFormat(format) else {
      throw unsupported("format", object["format"] ?? .null)
    }
    // What would change the meaning of the integers, or of more than the weights.
    for key in ["kv_cache_scheme", "sparsity_config", "transform_config"] {
      guard let value = object[key], !Self.isNothing(value) else { continue }
      if value.objectValue?["format"] == .string("dense") { continue }
      throw unsupported(key, value)
    }
    switch object["config_groups"] {
    case nil, .null?: return
    case .object(let groups)?:
      for member in groups.members { try check(member.value, "config_groups.\(member.key)") }
    case let other?: throw unsupported("config_groups", other)
    }
  }

  private func check(_ group: JSONValue, _ name: String) throws(CheckpointError) {
    guard let group = group.objectValue else { throw unsupported(name, group) }
    if let format = group["format"], format != .null, !Self.isPlainFormat(format) {
      throw unsupported(name + ".format", format)
    }
    guard let value = group["weights"], value != .null else { return }
    guard let weights = value.objectValue else { throw unsupported(name + ".weights", value) }
    // Symmetric integers of up to 8 bits are their factor's multiples, whatever the number of bits.
    let allowed: [(key: String, isKnown: (JSONValue) -> Bool)] = [
      ("type", { $0 == .string("int") }),
      ("num_bits", { $0.integerValue.map { (1...8).contains($0) } ?? false }),
      ("symmetric", { $0 == .bool(true) }),
      ("strategy", { [.null, .string("tensor"), .string("channel")].contains($0) }),
      ("dynamic", { $0 == .bool(false) }),
    ]
    for (key, isKnown) in allowed {
      if let value = weights[key], !isKnown(value) { throw unsupported("\(name).weights.\(key)", value) }
    }
  }

  private static func isPlainFormat(_ value: JSONValue) -> Bool {
    value == .string("int-quantized") || value == .string("naive-quantized")
  }

  private static func isNothing(_ value: JSONValue) -> Bool {
    value == .null || value.objectValue?.members.isEmpty ?? false
  }

  private func flag(_ key: String) throws(CheckpointError) -> Bool {
    try JSONFields(object, prefix: "\(Self.key).", file: file).optional(key, .bool) ?? false
  }

  private func unsupported(_ key: String, _ value: JSONValue) -> CheckpointError {
    CheckpointError(
      file: file,
      problem: .unsupported(
        key: "\(Self.key).\(key)", found: value.summary,
        reason:
          "of quantised weights only LLM.int8 of bitsandbytes (load_in_8bit) and the symmetric 8-bit integers of "
          + "compressed-tensors (format int-quantized or naive-quantized, a scale per row or tensor) are read; load the "
          + "model in Python, dequantise it and save it again"))
  }
}
