import Checkpoint

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Makes vectors of images: image processor and network, without labels. It takes base models (`ViTModel`, `CLIPModel`,
/// ...), and classifiers for what comes before their last layer.
///
/// ```swift
/// let embedder = try await ImageEmbedder.fromPretrained("openai/clip-vit-large-patch14")
/// let features = try await embedder.features(imageBytes: data)
/// print(features.pooled ?? [])
/// ```
///
/// As with `ImageClassifier`, `features` is for asynchronous code and runs on threads of the embedder's own, and
/// `featuresAndWait` computes on the caller's thread and those of the budget. Immutable and `Sendable`.
public struct ImageEmbedder: Sendable {
  /// The network.
  public let model: AutoModelForImageClassification
  /// Images to pixel values.
  public let processor: ViTImageProcessor
  /// Which of an image's orientations is seen.
  public let policy: InputPolicy
  /// Which weights these are.
  public let identity: ModelIdentity
  /// What an image may ask for.
  public let limits: DecodeLimits
  /// The threads that calls share.
  public let budget: ComputeBudget

  let calls: CallQueue

  init(
    model: AutoModelForImageClassification, processor: ViTImageProcessor, policy: InputPolicy,
    identity: ModelIdentity, limits: DecodeLimits, budget: ComputeBudget, calls: CallQueue
  ) {
    self.model = model
    self.processor = processor
    self.policy = policy
    self.identity = identity
    self.limits = limits
    self.budget = budget
    self.calls = calls
  }

  /// What features of this embedder depend on.
  public var provenance: Provenance { resultProvenance }

  /// How wide the features are that the model has.
  public var featureWidths: [ImageFeature: Int] { model.featureWidths }

  /// All features that a model may have.
  public static let allFeatures = Set(ImageFeature.allCases)
}

extension ImageEmbedder: ImagePipeline {}

extension ImageClassifier {
  /// The same network with its features in the place of its labels. It shares threads and queue with this classifier.
  public var embedder: ImageEmbedder {
    ImageEmbedder(
      model: model, processor: processor, policy: policy, identity: identity, limits: limits, budget: budget,
      calls: calls)
  }
}

extension ImageEmbedder {
  /// Computes features of one image on the caller's thread.
  ///
  /// - Parameters:
  ///   - imageBytes: A whole image file, as for `ImageClassifier.classifyAndWait(imageBytes:topK:functionToApply:)`.
  ///   - kinds: Which of the features that the model has. Where they hang on the CLS token alone, the last layer is
  ///     computed for that alone.
  /// - Throws: As that, with `ImageClassifierError.nonFiniteFeatures`.
  @available(*, noasync, message: "it blocks the thread; await features, which runs on threads of its own")
  public func featuresAndWait(
    imageBytes: some ContiguousBytes, kinds: Set<ImageFeature> = allFeatures
  ) throws -> ImageFeatures {
    try featuresAndWait(pixelValues: prepared(imageBytes).pixelValues, kinds: kinds)[0]
  }

  /// Computes features of the image in a file on the caller's thread.
  ///
  /// - Throws: `FileError`, or as `featuresAndWait(imageBytes:kinds:)`.
  @available(*, noasync, message: "it blocks the thread; await features, which runs on threads of its own")
  public func featuresAndWait(
    fileAt path: String, kinds: Set<ImageFeature> = allFeatures
  ) throws -> ImageFeatures {
    try featuresAndWait(imageBytes: ImageFile.read(path, limits: limits), kinds: kinds)
  }

  /// Computes features of pixel values that were prepared elsewhere, on the caller's thread.
  ///
  /// - Parameters:
  ///   - pixelValues: [batch, channels, height, width], normalised as the model expects.
  ///   - kinds: Which of the features that the model has.
  /// - Returns: One result for each image of the batch.
  /// - Throws: `ViTError`, `ImageClassifierError`.
  @available(*, noasync, message: "it blocks the thread; await features, which runs on threads of its own")
  public func featuresAndWait(
    pixelValues: Tensor, kinds: Set<ImageFeature> = allFeatures
  ) throws -> [ImageFeatures] {
    let output = try model(pixelValues, outputFeatures: kinds, budget: budget)
    let provenance = provenance
    return try (0..<output.logits.shape[0]).map { image in
      let vectors = try output.features.mapValues { try $0.selected(image).elements }
      guard vectors.values.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
        throw ImageClassifierError.nonFiniteFeatures(model: identity.id)
      }
      return ImageFeatures(vectors: vectors, provenance: provenance)
    }
  }

  /// Computes features of several images on the caller's thread; each result is bitwise that of the image alone.
  ///
  /// - Returns: A result or an error for each image, in order. One bad image does not affect the others.
  @available(*, noasync, message: "it blocks the thread; await features, which runs on threads of its own")
  public func featuresAndWait(
    batch: [some ContiguousBytes & Sendable], kinds: Set<ImageFeature> = allFeatures
  ) -> [Result<ImageFeatures, any Error>] {
    each(batch, read: { image in Result { try Self.copiedBytes(of: image, limits) } }) { pixelValues, _ in
      try featuresAndWait(pixelValues: pixelValues, kinds: kinds)
    }
  }

  /// Computes features of the images in several files on the caller's thread; as `featuresAndWait(batch:kinds:)`.
  @available(*, noasync, message: "it blocks the thread; await features, which runs on threads of its own")
  public func featuresAndWait(
    filesAt paths: [String], kinds: Set<ImageFeature> = allFeatures
  ) -> [Result<ImageFeatures, any Error>] {
    each(paths, read: { path in Result { try ImageFile.read(path, limits: limits) } }) { pixelValues, _ in
      try featuresAndWait(pixelValues: pixelValues, kinds: kinds)
    }
  }

  /// Runs the network once on an empty image, so that the first real call pays for nothing but itself.
  ///
  /// - Throws: When the model cannot run.
  @available(*, noasync, message: "it blocks the thread; await prepare, which runs on threads of its own")
  public func prepareAndWait() throws {
    _ = try featuresAndWait(pixelValues: processor.preprocess(blankImage()))
  }
}
