import AIGuardVision
internal import CPhotoModel

extension ImageClassifier {
  /// The id that results of the model for photographs carry.
  public static let photoModelID = "aiguardvision/photo-vit"

  /// The model for photographs that comes with this library.
  ///
  /// A ViT-S/14 of 21.6 million parameters, fine-tuned on photographs and generated images from 50 sources and on CIFAKE:
  /// 224x224 pixels, labels `REAL` and `FAKE`. It is calibrated: results have a `verdict`, which is `unsure` of most
  /// photographs, because the model's figures carry no more. `Docs/Verdicts.md` has them. Its files are part of the
  /// executable (43 MB), so there is nothing to find or to download.
  ///
  /// - Parameters:
  ///   - profile: The reference whose pixel values to reproduce.
  ///   - policy: Whether an image is turned upright first, or taken as it is stored.
  ///   - precision: The arithmetic of the encoder's matrix products.
  ///   - limits: What an image may ask for.
  ///   - budget: The threads that loading and calls share.
  ///   - maximumWaitingCalls: How many asynchronous calls may wait for a thread.
  /// - Throws: `KernelLevelError` when the environment asks for kernels that this CPU lacks.
  public static func photoModel(
    profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
    precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
    maximumWaitingCalls: Int = defaultMaximumWaitingCalls
  ) throws -> ImageClassifier {
    try EmbeddedModel(
      id: photoModelID, config: bytes(agp_config()), processor: bytes(agp_preprocessor_config()),
      weights: bytes(agp_weights()), calibration: bytes(agp_calibration())
    ).classifier(
      profile: profile, policy: policy, precision: precision, limits: limits, budget: budget,
      maximumWaitingCalls: maximumWaitingCalls)
  }

  private static func bytes(_ file: agp_file) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: file.bytes, count: file.count)
  }
}
