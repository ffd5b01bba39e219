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

  /// The pixel values of one image, [1, channels, height, width]. Bytes of a caller's type are asked for outside the budget.
  func pixelValues(of imageBytes: some ContiguousBytes) throws -> Tensor {
    try imageBytes.withUnsafeBytes { bytes in
      try budget.withCompute { _ in
        try processor.preprocess(imageBytes: bytes, policy: policy, limits: limits)
      }
    }
  }
}
