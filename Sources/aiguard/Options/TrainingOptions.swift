#if CLI
  import AIGuardVision
  import ArgumentParser
  import Checkpoint
  import Datasets
  import Platform
  import TensorCore
  import Training

  /// On what, from what and how models are taught.
  struct TrainingOptions: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Labelled images: a folder or a zip archive of LABEL/ or SPLIT/LABEL/ folders, or a CSV list.",
        valueName: "data"))
    var data: String

    @Option(
      help: ArgumentHelp(
        "A text file that names images to leave out, one a line. May be given several times.",
        valueName: "file"))
    var exclude: [String] = []

    @Option(
      name: .customLong("from"),
      help: ArgumentHelp(
        "The model to begin with: a folder, or an id on the Hugging Face Hub.", valueName: "folder or id"))
    var model: String?

    @Option(
      help: ArgumentHelp(
        "The config.json of a network to begin with new weights, preprocessor_config.json beside it.",
        valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The recipe, a JSON file; Docs/Training.md has its keys.", valueName: "file"))
    var recipe: String

    @Option(help: ArgumentHelp("The folder to write, which must not have a model yet.", valueName: "folder"))
    var out: String

    @Flag(help: "Go on with what is unfinished in --out; begin where there is nothing.")
    var resume = false

    @Option(
      help: ArgumentHelp(
        "Where features are kept that do not change; by default in --out.", valueName: "folder"))
    var features: String?

    @Option(help: "The type of the weights in model.safetensors.")
    var dtype: SavedType = .float32

    @Option(help: "The pixels as they are stored, or turned upright first as transformers' pipeline does.")
    var policy: InputPolicy = .asStored

    @Option(help: "Threads to compute on, at most 1024; by default what this process may use.")
    var threads: Int?

    func validate() throws {
      if (model == nil) == (config == nil) { throw ValidationError("say either --from or --config") }
      if data.isEmpty { throw ValidationError("--data needs a folder, an archive or a list") }
      if out.isEmpty { throw ValidationError("--out needs the name of a folder") }
      try ModelOptions.check(threads: threads)
    }

    /// What a run is made of.
    struct Parts {
      let recipe: TrainingRecipe
      let dataset: ImageDataset
      let start: TrainingStart
      fileprivate let options: TrainingOptions

      /// A run into a folder, or the end of the process with what is wrong.
      func run(
        _ data: ImageDataset, output: String, log: String? = nil, features: String?
      ) throws -> TrainingRun {
        var runOptions = TrainingRun.Options()
        runOptions.logPath = log
        runOptions.featuresFolder = features
        runOptions.dtype = options.dtype.type
        runOptions.policy = options.policy
        runOptions.budget = ModelOptions.budget(threads: options.threads)
        runOptions.resumes = options.resume
        return try options.reporting(Exit.modelNotLoaded) {
          try TrainingRun(data: data, start: start, recipe: recipe, output: output, options: runOptions)
        }
      }
    }

    /// Reads recipe, list of images and place of the model, or ends the process with what is wrong.
    func parts() throws -> Parts {
      let recipe = try reporting(Exit.usage) { try TrainingRecipe(contentsOf: self.recipe) }
      var dataset = try reporting(Exit.someInputsFailed) { try ImageDataset(path: data) }
      for file in exclude {
        dataset = try reporting(Exit.someInputsFailed) { try dataset.excluding(namesIn: file) }
      }
      let start = try reporting(Exit.modelNotLoaded) { try self.start() }
      return Parts(recipe: recipe, dataset: dataset, start: start, options: self)
    }

    private func start() throws -> TrainingStart {
      if let config { return .fresh(config: config) }
      let place = try ModelArgument.find(model ?? "", revision: nil, weights: nil, base: nil)
      return .model(folder: place.folder, name: place.id)
    }

    func reporting<R>(_ code: ExitCode, _ body: () throws -> R) throws -> R {
      do { return try body() } catch {
        Output.write("aiguard: \("\(error)".escapedLines)\n", to: .standardError)
        // What is wrong with the images or the folder is no fault of the model's.
        throw error is DatasetError || error is TrainingRunError ? Exit.someInputsFailed : code
      }
    }

    /// Teaches, showing how far it is, until it is done or Ctrl-C is pressed, which ends the process after saving.
    static func teach(_ run: TrainingRun) throws {
      var display = TrainingDisplay()
      do {
        let outcome = try run.runAndWait(isCancelled: { Interruption.isRequested }) { display.show($0) }
        display.end(outcome, folder: run.output)
      } catch is CancellationError {
        display.clear()
        Output.write("aiguard: interrupted; --resume goes on from here\n", to: .standardError)
        throw Exit.someInputsFailed
      } catch {
        display.clear()
        throw error
      }
    }
  }

  /// The types that a taught model is saved in.
  enum SavedType: String, CaseIterable, ExpressibleByArgument {
    case float32, float16

    var type: DType { self == .float32 ? .float32 : .float16 }
  }
#endif
