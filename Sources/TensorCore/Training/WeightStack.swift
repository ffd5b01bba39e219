internal import CTensorKernels

/// Weights that are learnt, as PyTorch keeps them: [rows, columns], or several such matrices of layers that read the same
/// input, whose results stand side by side.
package struct WeightStack {
  /// The most matrices.
  package static var mostParts: Int { Int(agk_most_parts) }

  /// The outputs of one matrix.
  package let rows: Int
  /// The inputs.
  package let columns: Int
  package let parts: Int
  let stack: agk_stack
  private let biases: [UnsafePointer<Float>?]

  /// - Parameters:
  ///   - parts: The matrices, dense, `mostParts` at most.
  ///   - biases: For each matrix `rows` floats, or `nil` for none.
  package init(
    _ parts: [UnsafePointer<Float>], biases: [UnsafePointer<Float>?], rows: Int, columns: Int
  ) {
    precondition((1...Self.mostParts).contains(parts.count) && biases.count == parts.count)
    self.rows = rows
    self.columns = columns
    self.parts = parts.count
    self.biases = biases
    func part(_ index: Int) -> UnsafePointer<Float>? { index < parts.count ? parts[index] : nil }
    stack = agk_stack(
      parts: (part(0), part(1), part(2), part(3)), count: parts.count, rows: rows, columns: columns)
  }

  /// A single matrix.
  package init(
    _ weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, rows: Int, columns: Int
  ) {
    self.init([weights], biases: [bias], rows: rows, columns: columns)
  }

  /// The width of a result.
  package var outputs: Int { parts * rows }

  var hasBias: Bool { biases.contains { $0 != nil } }

  /// The biases side by side, zeros where there is none.
  func copyBias(to out: UnsafeMutablePointer<Float>) {
    for (index, bias) in biases.enumerated() {
      if let bias {
        (out + index * rows).update(from: bias, count: rows)
      } else {
        (out + index * rows).update(repeating: 0, count: rows)
      }
    }
  }
}

/// Where the gradients of a `WeightStack` are added.
package struct WeightStackGradients {
  /// For each matrix its place, or `nil` where none is wanted.
  let weights: [UnsafeMutablePointer<Float>?]
  let biases: [UnsafeMutablePointer<Float>?]

  package init(weights: [UnsafeMutablePointer<Float>?], biases: [UnsafeMutablePointer<Float>?]) {
    precondition(weights.count == biases.count)
    self.weights = weights
    self.biases = biases
  }
}
