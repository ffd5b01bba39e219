import AIGuardVision
internal import CDefaultModel

extension ImageClassifier {
  /// The id that results of the default model carry.
  public static let defaultModelID = "aiguardvision/cifake-convnext"

  /// The model that comes with this library.
  ///
  /// A small ConvNeXt taught on CIFAKE: 32x32 pixels, labels `REAL` and `FAKE`. It is good for
  /// images like CIFAKE's; what it says of large photographs is not evidence. Its files are part of the
  /// executable, so there is nothing to find or to download.
  ///
  /// - Parameters:
  ///   - profile: The reference whose pixel values to reproduce.
  ///   - policy: Whether an image is turned upright first, or taken as it is stored.
  ///   - precision: The arithmetic of the encoder's matrix products.
  ///   - limits: What an image may ask for.
  ///   - budget: The threads that calls share.
  ///   - maximumWaitingCalls: How many asynchronous calls may wait for a thread.
  /// - Throws: `KernelLevelError` when the environment asks for kernels that this CPU lacks.
  public static func defaultModel(
    profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
    precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
    maximumWaitingCalls: Int = defaultMaximumWaitingCalls
  ) throws -> ImageClassifier {
    try EmbeddedModel(
      id: defaultModelID, config: bytes(agd_config()), processor: bytes(agd_preprocessor_config()),
      weights: bytes(agd_weights())
    ).classifier(
      profile: profile, policy: policy, precision: precision, limits: limits, budget: budget,
      maximumWaitingCalls: maximumWaitingCalls)
  }

  private static func bytes(_ file: agd_file) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: file.bytes, count: file.count)
  }
}
