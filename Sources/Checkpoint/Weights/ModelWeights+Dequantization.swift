import Platform
import TensorCore

/// Reading weights of 8-bit integers as the floating-point numbers that they stand for.
extension ModelWeights {
  /// The same weights with every tensor that was rounded to 8 bits as float32, and without what belongs to the rounding.
  ///
  /// The numbers are those that transformers gets by `dequantize()` (LLM.int8: integer times `SCB`, times a 127th) and
  /// by `CompressedTensorsConfig(dequantize=True)` (integer times `weight_scale`, in the type of the scale).
  ///
  /// - Parameter quantization: What the configuration says; with `nil` the weights are returned as they are.
  /// - Throws: `CheckpointError` where integers lack what they are multiplied by; what reading that throws.
  public func dequantized(_ quantization: WeightQuantization?) throws -> ModelWeights {
    guard let quantization else { return self }
    var scales: [String: RowScales] = [:]
    var hidden = Set<String>()
    for name in names where name.hasSuffix(".weight") && dtype(of: name) == .int8 {
      guard let shape = shape(of: name), shape.count == 2 else { continue }
      let module = String(name.dropLast("weight".count))
      let companion = module + quantization.companion
      scales[name] = try rowScales(of: name, shape, in: companion, quantization)
      hidden.insert(companion)
      let format = module + "weight_format"
      if quantization == .llmInt8, self.shape(of: format) != nil {
        try checkFormat(format)
        hidden.insert(format)
      }
    }
    return dequantized(scales, hiding: hidden)
  }

  private func rowScales(
    of name: String, _ shape: [Int], in companion: String, _ quantization: WeightQuantization
  ) throws -> RowScales {
    guard let found = self.shape(of: companion), let dtype = dtype(of: companion) else {
      throw CheckpointError(file: path, problem: .missingFactors(key: name, companion: companion))
    }
    let allowed = quantization == .llmInt8 ? [[shape[0]]] : [[], [1], [1, 1], [shape[0], 1]]
    guard allowed.contains(found) else {
      throw CheckpointError(
        file: path,
        problem: .factorsOfOtherShape(companion: companion, found: found, key: name, weight: shape))
    }
    let types: [DType] = quantization == .llmInt8 ? [.float32] : [.float32, .bfloat16, .float16]
    guard types.contains(dtype) else {
      throw CheckpointError(file: path, problem: .factorsOfOtherDType(companion: companion, dtype: dtype))
    }
    return RowScales(quantization, factors: try read(companion).elements, dtype: dtype, columns: shape[1])
  }

  /// 0 says that the rows lie one after the other; older versions of bitsandbytes knew orders for its kernels.
  private func checkFormat(_ key: String) throws {
    guard shape(of: key) == [], try read(key).elements == [0] else {
      throw CheckpointError(file: path, problem: .kernelOrder(key: key))
    }
  }
}

extension WeightQuantization {
  /// The name of what integers are multiplied by.
  fileprivate var companion: String {
    switch self {
    case .llmInt8: "SCB"
    case .compressedTensors: "weight_scale"
    }
  }
}
