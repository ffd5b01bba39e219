#if CLI
  import ArgumentParser

  struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "train", abstract: "Teach a model to tell labelled images apart.",
      discussion: """
        Begins with a model (--from) or with new weights (--config), follows a recipe, and writes a folder that \
        transformers and every command here load: config.json, preprocessor_config.json, model.safetensors, a model card, \
        and training.json.

        A run that was interrupted or killed goes on with --resume, and ends with the same bits as one that was not. \
        Ctrl-C saves and ends.
        """)

    @OptionGroup var options: TrainingOptions

    @Option(
      help: ArgumentHelp(
        "Where to log, a JSON object a line; by default log.jsonl in --out.", valueName: "file"))
    var log: String?

    func run() throws {
      let parts = try options.parts()
      let run = try parts.run(parts.dataset, output: options.out, log: self.log, features: options.features)
      let interruption = Interruption()
      defer { interruption.end() }
      try TrainingOptions.teach(run)
    }
  }
#endif
