import TensorCore

/// What makes floating-point numbers of a matrix of 8-bit integers: a factor for each row or one for all.
struct RowScales: Sendable {
  private let factors: [Float]
  /// The length of a row.
  let columns: Int
  /// LLM.int8 multiplies by a 127th besides, in float32, after the first product was rounded.
  private let second: Float?
  /// The type of the factors, in which the reference multiplies.
  private let rounding: DType

  /// bitsandbytes' 7.874015718698502e-3 in float32.
  private static let reciprocalOf127: Float = 7.874015718698502e-3

  /// - Parameter factors: Read as `Float`; of type `dtype` in the file.
  init(_ quantization: WeightQuantization, factors: [Float], dtype: DType, columns: Int) {
    self.factors = factors
    self.columns = columns
    second = quantization == .llmInt8 ? Self.reciprocalOf127 : nil
    rounding = dtype
  }

  /// Multiplies elements, in place.
  ///
  /// - Parameters:
  ///   - elements: Elements of the matrix that follow each other, row by row.
  ///   - start: How many stand before the first of them.
  func apply(to elements: UnsafeMutableBufferPointer<Float>, from start: Int) {
    var index = 0
    while index < elements.count {
      let row = (start + index) / columns
      let end = min(elements.count, index + columns - (start + index) % columns)
      let factor = factors.count == 1 ? factors[0] : factors[row]
      if let second {
        for place in index..<end { elements[place] = elements[place] * factor * second }
      } else {
        for place in index..<end { elements[place] *= factor }
      }
      index = end
    }
    if rounding != .float32 { round(elements) }
  }

  /// As above, for elements that begin with a row.
  func apply(to elements: UnsafeMutableBufferPointer<Float>, firstRow: Int) {
    apply(to: elements, from: firstRow * columns)
  }

  /// Rounds to the factors' type: their products with 8-bit integers are exact in float32, so that is what
  /// multiplying in that type gives.
  private func round(_ elements: UnsafeMutableBufferPointer<Float>) {
    var encoded: [UInt8] = []
    for start in stride(from: 0, to: elements.count, by: 4096) {
      let part = UnsafeMutableBufferPointer(rebasing: elements[start..<min(start + 4096, elements.count)])
      encoded.removeAll(keepingCapacity: true)
      rounding.encode(UnsafeBufferPointer(part), into: &encoded)
      _ = encoded.withUnsafeBytes { rounding.convertToFloat($0, into: part) }
    }
  }
}
