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
  /// P(AI), from 0 to 1: how probable the model finds it that the image was generated. `nil` where it is not known which
  /// labels mean that; `ImageClassifier.generatedLabels` says why.
  ///
  /// Neither `topK` nor `functionToApply` changes it. It is the model's opinion, and no proof; where it was trained on
  /// faces that were changed, it is the probability of that.
  public let generatedScore: Float?
  /// The label with the highest score of those that mean "generated", where the model has several: the generator that the
  /// image comes from, if it comes from one. Of equal ones the first.
  public let leadingGenerator: String?
  /// The logarithm of P(AI) / (1 - P(AI)), from the logits in double precision, where the score itself has long been
  /// rounded to 0 or 1. `nil` where `generatedScore` is.
  public let generatedLogOdds: Double?
  /// What may be said of the image for the error rate that the model was calibrated for. `nil` where the model has no
  /// calibration (`ImageClassifier.calibration`): a score alone does not say how often it is wrong, and no verdict is made
  /// of it.
  public let verdict: Verdict?
  /// P(AI) as calibrated, from 0 to 1: of images like those that it was fitted on and scored so, this share was generated.
  /// `nil` without a calibration, and for an image of which it is not known that it is such an image.
  public let calibratedScore: Double?
  /// What the file says of the image; `nil` where pixel values were classified.
  public let image: ImageFacts?
  /// What produced them.
  public let provenance: Provenance

  /// Whether both say the same, by the same model and arithmetic. From which file the image came does not count.
  public static func == (left: ClassificationResult, right: ClassificationResult) -> Bool {
    left.classifications == right.classifications && left.generatedScore == right.generatedScore
      && left.leadingGenerator == right.leadingGenerator && left.generatedLogOdds == right.generatedLogOdds
      && left.verdict == right.verdict && left.calibratedScore == right.calibratedScore
      && left.provenance == right.provenance
  }

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
///
/// Two are equal where the name is the same and the weights come from the same unchanged files or the same memory.
public struct ModelIdentity: Sendable, Equatable {
  /// A Hub id, or the name of a folder.
  public let id: String
  private let hash: WeightsHash

  init(id: String, hash: WeightsHash) {
    self.id = id
    self.hash = hash
  }

  /// The SHA-256 of the weights file, in lower-case hexadecimal; of several files, a
  /// `head.safetensors` among them, that of their list as `sha256sum` prints it.
  ///
  /// It is computed when it is asked for the first time, which takes a fifth of a second for ViT-B/16, and known from
  /// then on.
  ///
  /// - Throws: `ImageClassifierError.weightsChanged` where a file has been modified since the model was loaded;
  ///   `FileError` where it cannot be read; `DigestError`.
  public var sha256: String {
    get throws { try hash.sha256() }
  }

  /// Whether both are the same weights under the same name.
  public static func == (left: ModelIdentity, right: ModelIdentity) -> Bool {
    left.id == right.id && left.hash.isSame(as: right.hash)
  }
}
