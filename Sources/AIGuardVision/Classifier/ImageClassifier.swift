import Checkpoint

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Tells which label an image belongs to: image processor, network and labels in one.
///
/// ```swift
/// let classifier = try await ImageClassifier.fromPretrained("AashishKumar/AIvisionGuard-v2")
/// let result = try await classifier.classify(imageBytes: data)
/// print(result[0].label, result[0].score)
/// ```
///
/// `classify` is for asynchronous code: it runs on threads of the classifier's own. `classifyAndWait` computes on the
/// caller's thread and those of the budget, and may not be called where it would block Swift's cooperative pool.
///
/// Immutable and `Sendable`: one classifier serves any number of threads and tasks at once. Calls share
/// the `budget` and wait for their turn when there are more of them than it has threads.
public struct ImageClassifier: Sendable {
  /// The network.
  public let model: AutoModelForImageClassification
  /// Images to pixel values.
  public let processor: ViTImageProcessor
  /// Which of an image's orientations is classified.
  public let policy: InputPolicy
  /// The labels' names, by their index in the logits.
  public let labels: [String]
  /// What the config says of the labels; decides the default of `functionToApply`.
  public let problemType: PretrainedConfig.ProblemType?
  /// Which weights these are.
  public let identity: ModelIdentity
  /// What an image may ask for.
  public let limits: DecodeLimits
  /// The threads that calls share.
  public let budget: ComputeBudget
  /// What makes verdicts of scores: what `calibration.json` says beside the weights. `nil` where there is none, and where
  /// whoever loaded the model named other labels than it was fitted for; then results have no verdict.
  public let calibration: Calibration?

  /// How many asynchronous calls wait for a thread by default. Each holds its image meanwhile: of 2 MB, 256 MB.
  public static let defaultMaximumWaitingCalls = 128

  let calls: CallQueue
  /// What the model was loaded from.
  let weights: ModelWeights
  let config: PretrainedConfig
  /// Which labels mean "generated", or why that is not known.
  let generated: Result<GeneratedLabels, ImageClassifierError>
  /// The classifier that stands beside the weights of a backbone.
  let head: LinearHead?

  /// - Parameters:
  ///   - generated: Which labels mean "generated"; by default by the table of spellings.
  ///   - calibration: Of these weights and labels.
  init(
    model: AutoModelForImageClassification, processor: ViTImageProcessor, policy: InputPolicy,
    config: PretrainedConfig, weights: ModelWeights, identity: ModelIdentity, limits: DecodeLimits,
    budget: ComputeBudget, maximumWaitingCalls: Int, head: LinearHead? = nil,
    generated: Result<GeneratedLabels, ImageClassifierError>? = nil, calibration: Calibration? = nil
  ) throws {
    guard maximumWaitingCalls >= 0 else {
      throw ImageClassifierError.invalidMaximumWaitingCalls(maximumWaitingCalls)
    }
    let labels = head?.labels ?? config.labels
    guard !labels.isEmpty else { throw ImageClassifierError.noLabels(model: identity.id) }
    try head?.check(model.featureWidths)
    try Self.checkFit(processor, model.config)
    self.model = model
    self.processor = processor
    self.policy = policy
    self.config = config
    self.weights = weights
    self.labels = labels
    self.head = head
    self.problemType = config.problemType
    self.identity = identity
    self.limits = limits
    self.budget = budget
    self.calibration = calibration
    self.generated =
      generated
      ?? GeneratedLabels.byTheTable(
        of: labels, problemType: config.problemType, model: identity.id)
    calls = CallQueue(width: budget.threads, waiting: maximumWaitingCalls)
  }

  /// Which labels mean that an image was generated, and how `ClassificationResult.generatedScore` follows from them.
  ///
  /// - Throws: `ImageClassifierError` where that is not known: it lists the labels, and results have no such score.
  ///   `generatedLabels:`, where the classifier is made, says which they are.
  public var generatedLabels: GeneratedLabels {
    get throws(ImageClassifierError) { try generated.get() }
  }

  /// What results of this classifier depend on.
  public var provenance: Provenance { resultProvenance }

  /// Classifies one image on the caller's thread.
  ///
  /// - Parameters:
  ///   - imageBytes: A whole image file: `Data`, `[UInt8]` or a raw buffer. The format is recognised by
  ///     its content. A type of your own is asked for its bytes outside the budget, so it may use this classifier.
  ///   - topK: How many labels to return; more than there are gives all of them.
  ///   - functionToApply: From logits to scores; by default the rule of `transformers`' pipeline.
  /// - Throws: `ImageError` or `PreprocessingError` for the image, `ViTError` where an image's shape makes
  ///   the processor give what the network does not take, `ImageClassifierError`.
  @available(*, noasync, message: "it blocks the thread; await classify, which runs on threads of its own")
  public func classifyAndWait(
    imageBytes: some ContiguousBytes, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) throws -> ClassificationResult {
    let image = try prepared(imageBytes)
    return try results(
      of: image.pixelValues, facts: [image.facts], topK: topK, functionToApply: functionToApply)[0]
  }

  /// Classifies the image in a file on the caller's thread.
  ///
  /// - Throws: `FileError`, or as `classifyAndWait(imageBytes:topK:functionToApply:)`.
  @available(*, noasync, message: "it blocks the thread; await classify, which runs on threads of its own")
  public func classifyAndWait(
    fileAt path: String, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) throws -> ClassificationResult {
    try classifyAndWait(
      imageBytes: ImageFile.read(path, limits: limits), topK: topK, functionToApply: functionToApply)
  }

  /// Classifies pixel values that were prepared elsewhere, on the caller's thread.
  ///
  /// - Parameters:
  ///   - pixelValues: [batch, channels, height, width], normalised as the model expects.
  ///   - topK: How many labels to return; more than there are gives all of them.
  ///   - functionToApply: From logits to scores; by default the rule of `transformers`' pipeline.
  /// - Returns: One result for each image of the batch. What files they were is not known: where `calibration` says what
  ///   the model was taught on, their verdict is `unsure`.
  /// - Throws: `ViTError`, `ImageClassifierError`.
  @available(*, noasync, message: "it blocks the thread; await classify, which runs on threads of its own")
  public func classifyAndWait(
    pixelValues: Tensor, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) throws -> [ClassificationResult] {
    try results(of: pixelValues, facts: nil, topK: topK, functionToApply: functionToApply)
  }

  /// What the network says of a batch.
  ///
  /// - Parameter facts: What is known of the images' files.
  func results(
    of pixelValues: Tensor, facts: [ImageFacts]?, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil
  ) throws -> [ClassificationResult] {
    guard topK >= 0 else { throw ImageClassifierError.invalidTopK(topK) }
    let logits = try logits(pixelValues)
    let function =
      functionToApply ?? .default(problemType: problemType, labels: labels.count)
    let provenance = provenance
    let generated = try? generatedLabels
    return try (0..<logits.shape[0]).map { image in
      let logits = try logits.selected(image).elements
      let classifications = try rank(logits, by: function, topK: topK)
      let logOdds = generated?.logOdds(logits)
      let facts = facts?[image]
      let judged = logOdds.flatMap { calibration?.judge(logOdds: $0, image: facts) }
      return ClassificationResult(
        classifications: classifications, generatedScore: generated?.score(logits),
        leadingGenerator: generated?.leader(logits), generatedLogOdds: logOdds, verdict: judged?.verdict,
        calibratedScore: judged?.score, image: facts, provenance: provenance)
    }
  }

  /// Decodes the image in a file, within this classifier's limits.
  ///
  /// - Throws: `FileError`, `ImageError`.
  public func decode(fileAt path: String) throws -> DecodedImage {
    try ImageDecoder.decode(ImageFile.read(path, limits: limits), limits: limits)
  }

  /// Runs the network once on an empty image, so that the first real call pays for nothing but itself.
  ///
  /// - Throws: When the model cannot run.
  @available(*, noasync, message: "it blocks the thread; await prepare, which runs on threads of its own")
  public func prepareAndWait() throws {
    _ = try classifyAndWait(pixelValues: processor.preprocess(blankImage()))
  }

  /// What the network gives, or the head beside it.
  func logits(_ pixelValues: Tensor) throws -> Tensor {
    guard let head else { return try model(pixelValues, budget: budget).logits }
    let output = try model(pixelValues, outputFeatures: [head.feature], budget: budget)
    guard let features = output.features[head.feature] else {
      throw LinearHeadError.noFeature(file: head.path, feature: head.feature, available: [])
    }
    return try head.logits(features)
  }

  /// Refuses an image processor whose output can never be the network's input.
  static func checkFit(
    _ processor: ViTImageProcessor, _ config: AutoConfig
  ) throws(ImageClassifierError) {
    try checkPatches(processor, config)
    let expected = [config.numChannels, config.imageSize.height, config.imageSize.width]
    // A size that two images of different shapes both get is the size that every image gets.
    let sizes = [(640, 480), (300, 1000)].map { width, height in
      try? processor.outputSize(width: width, height: height)
    }
    if let first = sizes[0], let second = sizes[1], first == second {
      let output = [3, first.height, first.width]
      guard config.numChannels == 3, config.accepts(ImageExtent(height: first.height, width: first.width))
      else {
        throw .processorDoesNotFit(output: output, expected: expected)
      }
    }
    guard config.numChannels == 3 else {
      throw .processorDoesNotFit(output: [3], expected: [config.numChannels])
    }
  }

  private func rank(
    _ logits: [Float], by function: ClassificationFunction, topK: Int
  ) throws(ImageClassifierError) -> [Classification] {
    guard logits.allSatisfy(\.isFinite) else { throw .nonFiniteLogits(model: identity.id) }
    let scores = function.scores(logits)
    return scores.indices
      // Equal scores keep the model's order.
      .sorted { (scores[$1], $0) < (scores[$0], $1) }
      .prefix(topK)
      .map { Classification(label: labels[$0], index: $0, score: scores[$0], logit: logits[$0]) }
  }
}
