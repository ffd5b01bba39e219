/// One label with what the model thinks of it.
public struct Classification: Sendable, Equatable {
  /// The label's name in the model's `id2label`.
  public let label: String
  /// The label's index in the logits.
  public let index: Int
  /// The score after `functionToApply`; a probability for softmax and sigmoid.
  public let score: Float
  /// The network's raw output.
  public let logit: Float
}

/// The labels of one image, best first, and what produced them.
///
/// A collection of `Classification`: `result[0]` is the best label.
public struct ClassificationResult: Sendable, Equatable, RandomAccessCollection {
  /// The labels asked for, by descending score; equal scores keep the model's order.
  public let classifications: [Classification]
  /// What produced them.
  public let provenance: Provenance

  /// The position of the best label.
  public var startIndex: Int { classifications.startIndex }
  /// One past the last label.
  public var endIndex: Int { classifications.endIndex }
  /// The label at a position; 0 is the best.
  public subscript(position: Int) -> Classification { classifications[position] }
}

/// What a result depends on, so that it can be reproduced.
public struct Provenance: Sendable, Equatable {
  /// The model's weights.
  public let model: ModelIdentity
  /// The reference whose pixel values were reproduced.
  public let profile: PreprocessingProfile
  /// How the stored image was turned into the model's input.
  public let policy: InputPolicy
  /// The arithmetic of the matrix products.
  public let precision: Precision
  /// The instruction set of the kernels.
  public let kernels: KernelLevel
  /// The version of this library.
  public let version: String
}

/// Which weights a model runs on.
public struct ModelIdentity: Sendable, Equatable {
  /// A Hub id, or the name of a folder.
  public let id: String
  /// SHA-256 of the weights file, in lower-case hexadecimal.
  public let sha256: String
}
