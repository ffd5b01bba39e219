/// One tensor of a network that can be learnt, and its place in the flat buffers of training: values, gradients,
/// moments and averages have the same layout.
package struct Parameter: Sendable, Equatable {
  /// What it is, which decides how it begins and whether weight decay applies.
  package enum Role: Sendable, Equatable {
    /// The weights of a linear layer or a convolution.
    case weight
    case bias
    case normWeight
    case normBias
    /// A special token, or the table of positions.
    case token
    /// What the features of a branch are multiplied by, with the value that they all begin at.
    case layerScale(initial: Float)
  }

  /// As `model.safetensors` has it.
  package let name: String
  package let shape: [Int]
  package let role: Role
  /// 0 for the embeddings, 1 to n for the layers, n + 1 for what follows them.
  package let depth: Int
  /// Where it begins in a buffer, in floats.
  package let offset: Int
  package let count: Int
  /// Whether it is one of the classifier's, of which there are two in a distilled network: what has the labels' width, and
  /// what a network does not have that was taught on something else.
  package let isClassifier: Bool

  package init(
    name: String, shape: [Int], role: Role, depth: Int, offset: Int, isClassifier: Bool = false
  ) {
    self.name = name
    self.shape = shape
    self.role = role
    self.depth = depth
    self.offset = offset
    self.isClassifier = isClassifier
    count = shape.reduce(1, *)
  }

  package var range: Range<Int> { offset..<offset + count }
}

/// The parameters of a network, in the order of their places, each of which begins at a cache line.
package struct ParameterLayout: Sendable, Equatable {
  package let parameters: [Parameter]
  /// The floats of a buffer.
  package let count: Int
  /// The depth of the head.
  package let lastDepth: Int

  package init(parameters: [Parameter], count: Int, lastDepth: Int) {
    self.parameters = parameters
    self.count = count
    self.lastDepth = lastDepth
  }
}
