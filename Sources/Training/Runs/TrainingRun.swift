import AIGuardVision
import Checkpoint
import Datasets
import ImageProcessor
import Platform
import TensorCore

/// Teaching a network: images, what to begin with, a recipe, and the folder for what comes out.
///
/// ```swift
/// let data = try ImageDataset(path: "photos.zip")
/// let recipe = try TrainingRecipe(contentsOf: "fine-tune.json")
/// let run = try TrainingRun(data: data, start: .model(folder: "vit-small"), recipe: recipe, output: "detector")
/// let outcome = try await run.run { event in print(event) }
/// let classifier = try ImageClassifier(folder: "detector")
/// ```
///
/// The state of a run is on the disk: killed at any moment, it goes on where it was when it is run again with
/// `Options.resumes`, and ends with the same bits as if nothing had happened. That holds with the same recipe, data,
/// weights and kernels, for any number of threads; anything else is refused by name.
public struct TrainingRun: Sendable {
  /// What is not the recipe's to say.
  public struct Options: Sendable {
    /// Where to log; `log.jsonl` in the output folder where `nil`.
    public var logPath: String?
    /// Where features are kept that do not change; `features` in the output folder where `nil`.
    public var featuresFolder: String?
    /// The type of the weights that are saved: `F32`, `F16` or `BF16`.
    public var dtype = DType.float32
    /// The reference whose pixel values to reproduce.
    public var profile = PreprocessingProfile.pillow13
    /// Whether images are turned upright first, or taken as they are stored.
    public var policy = InputPolicy.asStored
    /// What an image may ask for.
    public var limits = DecodeLimits.default
    /// The threads to compute on.
    public var budget = ComputeBudget.shared
    /// Whether an unfinished run in the output folder is gone on with. Where there is none, one begins.
    public var resumes = false

    /// The defaults.
    public init() {}
  }

  /// The recipe.
  public let recipe: TrainingRecipe
  /// The folder for state and model.
  public let output: String
  /// What is not the recipe's to say.
  public let options: Options
  /// The images that are learnt from.
  public var trainingImages: ImageDataset { split.training }
  /// The images that judge what was learnt; `nil` without validation.
  public var validationImages: ImageDataset? { split.validation }

  let data: ImageDataset
  let split: ImageSplit
  let start: StartingModel
  let folder: RunFolder

  /// Puts together what a run needs. The weights are not read yet, and nothing is written.
  ///
  /// - Parameters:
  ///   - data: The images, without those to be left out.
  ///   - start: What to begin with.
  ///   - recipe: How to teach.
  ///   - output: The folder for state and model, made if it is not there.
  ///   - options: Everything else.
  /// - Throws: What is wrong with the model's files, as `ImageClassifier(folder:)`; `DatasetError`; `TrainingRunError`,
  ///   also where the folder has a model or a run already that is not to be gone on with.
  public init(
    data: ImageDataset, start: TrainingStart, recipe: TrainingRecipe, output: String,
    options: Options = Options()
  ) throws {
    guard options.dtype.isEncodable, options.dtype != .float64 else {
      throw ModelSaveError.unsupportedDType(options.dtype)
    }
    folder = RunFolder(path: output)
    if !options.resumes, folder.hasState { throw TrainingRunError.unfinished(folder: output) }
    if folder.hasModel, !folder.hasState, !(options.resumes && folder.hasReport) {
      throw TrainingRunError.hasModel(folder: output)
    }
    self.start = try StartingModel(start, labels: data.labels, profile: options.profile)
    split = try ImageSplit(data, recipe)
    self.data = data
    self.recipe = recipe
    self.output = output
    self.options = options
  }

  /// Teaches, and writes the model.
  ///
  /// - Parameters:
  ///   - isCancelled: Asked before each update. Where it says yes, the state is saved, and the run ends with
  ///     `CancellationError`.
  ///   - report: Called with what there is to tell, on the calling thread.
  /// - Returns: What came of it; of a run that is complete already, at once.
  /// - Throws: `TrainingRunError`, `TeacherError`, `TrainableNetworkError`, `OptimizationError`, `ModelSaveError`; what the
  ///   files of model, data and state have to say.
  @available(*, noasync, message: "it blocks the thread; await run, which has a thread of its own")
  public func runAndWait(
    isCancelled: () -> Bool = { false }, report: (TrainingEvent) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    if folder.hasModel, !folder.hasState { return try completed(report: report) }
    return try withoutActuallyEscaping(report) { report in
      try RunSession(self, isCancelled: isCancelled, report: report).run(isCancelled: isCancelled)
    }
  }

  /// Teaches, and writes the model, on a thread of its own. Cancelling the task saves the state and throws
  /// `CancellationError`.
  ///
  /// - Parameter report: Called with what there is to tell, on that thread.
  /// - Throws: As `runAndWait`; `ImageClassifierError.threadUnavailable` where the system grants no thread.
  public func run(
    report: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) async throws -> TrainingOutcome {
    let isCancelled = Locked(false)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isStarted = startDetachedThread(named: "aiguard-train") {
          continuation.resume(
            with: Result {
              try runAndWait(isCancelled: { isCancelled.withLock { $0 } }, report: report)
            })
        }
        if !isStarted { continuation.resume(throwing: ImageClassifierError.threadUnavailable) }
      }
    } onCancel: {
      isCancelled.withLock { $0 = true }
    }
  }
}
