#if CLI
  import AIGuardDefaultModel
  import AIGuardVision
  import ArgumentParser

  /// The options that every command takes which uses a model.
  struct ModelOptions: ParsableArguments {
    @Option(
      name: .long,
      help: ArgumentHelp(
        "A folder with config.json, preprocessor_config.json and model.safetensors; without it the built-in model.",
        valueName: "folder"))
    var model: String?

    @Option(help: "Threads to compute on; by default what this process may use.")
    var threads: Int?

    func validate() throws {
      if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
    }

    var budget: ComputeBudget { threads.map(ComputeBudget.init(threads:)) ?? .shared }

    /// Loads the model, or ends the process saying why it cannot.
    func load() throws -> ImageClassifier {
      do {
        if let model { return try ImageClassifier(folder: model, budget: budget) }
        return try ImageClassifier.defaultModel(budget: budget)
      } catch {
        Output.write("aiguard: cannot load the model: \(error)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }
  }
#endif
