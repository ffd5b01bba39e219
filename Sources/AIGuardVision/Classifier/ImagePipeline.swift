#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What classifier and embedder have in common: the way from an image to a network.
protocol ImagePipeline: Sendable {
  var model: AutoModelForImageClassification { get }
  var processor: ViTImageProcessor { get }
  var policy: InputPolicy { get }
  var identity: ModelIdentity { get }
  var limits: DecodeLimits { get }
  var budget: ComputeBudget { get }
}

/// An image as a network takes it.
struct PreparedImage: Sendable {
  /// [1, channels, height, width].
  let pixelValues: Tensor
  let facts: ImageFacts
}

extension ImageClassifier: ImagePipeline {}

extension ImagePipeline {
  /// What results of this pipeline depend on.
  var resultProvenance: Provenance {
    Provenance(
      model: identity, profile: processor.profile, policy: policy, precision: model.precision,
      kernels: model.kernelLevel, version: AIGuardVisionVersion.current)
  }

  /// An image of the size that the network was made for, black.
  ///
  /// - Throws: `PreprocessingError`.
  func blankImage() throws -> RGBImage {
    let size = model.config.imageSize
    // Extents of a configuration: an array's own allocation would end the process.
    guard size.width * size.height <= limits.pixels else {
      throw PreprocessingError.tooLarge(
        what: "the pixels of the image", size: size.width * size.height, allowed: limits.pixels)
    }
    return try RGBImage(
      width: size.width, height: size.height,
      pixels: [UInt8](repeating: 0, count: size.width * size.height * 3))
  }

  /// One image for the network. Bytes of a caller's type are asked for outside the budget.
  func prepared(_ imageBytes: some ContiguousBytes) throws -> PreparedImage {
    try imageBytes.withUnsafeBytes { bytes in try budget.withCompute { _ in try prepared(bytes) } }
  }

  /// One image for the network, on this thread.
  func prepared(_ bytes: UnsafeRawBufferPointer) throws -> PreparedImage {
    let (pixelValues, facts) = try processor.prepare(imageBytes: bytes, policy: policy, limits: limits)
    return PreparedImage(pixelValues: pixelValues, facts: facts)
  }
}
