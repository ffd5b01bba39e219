#if CLI
  import AIGuardVision
  import ArgumentParser
  import Checkpoint

  struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "compare", abstract: "Show what several models say of the same images.",
      usage: "aiguard compare --model <folder or id> --model <folder or id> ... [<options>] <file> ...",
      discussion: """
        For each image P(AI) by each model, their mean, their spread (the highest less the lowest), and whether the \
        verdicts agree: generated (0.5 or more for all), real, or split. An image is decoded once for all models.

        Three quarters of --max-memory are for weights. Models that do not fit in there together are loaded one after \
        the other, over blocks of images; the answers are the same.
        """)

    @Argument(
      help: ArgumentHelp("Image files, folders of them, or - for standard input.", valueName: "file"))
    var files: [String]

    @Option(
      name: .customLong("model"),
      help: ArgumentHelp(
        "A folder, or the id of a model on the Hugging Face Hub. Give it once for each model.",
        valueName: "folder or id"))
    var models: [String] = []

    @Option(
      name: .customLong("generated-label"),
      help: ArgumentHelp(
        "A label that means that an image was generated, in those of the models that have it. May be given several "
          + "times.", valueName: "label"))
    var generatedLabels: [String] = []

    @Option(
      help: ArgumentHelp(
        "The memory for weights and images, as 2GB or 512MiB; by default what this process may use.",
        valueName: "size"))
    var maxMemory: ByteSize?

    @Option(help: "The reference whose pixel values to reproduce.")
    var profile: PreprocessingProfile = .pillow13

    @Option(help: "The pixels as they are stored, or turned upright first as transformers' pipeline does.")
    var policy: InputPolicy = .asStored

    @Option(help: "The arithmetic of the networks' matrix products.")
    var precision: Precision = .float32

    @Option(help: "Threads to compute on, at most 1024; by default what this process may use.")
    var threads: Int?

    @Flag(help: "One JSON object a line instead of a table.")
    var json = false

    @Flag(name: .shortAndLong, help: "Also the folders inside folders.")
    var recursive = false

    func validate() throws {
      try Input.check(files)
      if models.count < 2 { throw ValidationError("name at least two models: --model A --model B") }
      try ModelOptions.check(threads: threads)
    }

    func run() throws {
      let comparison = try load()
      let inputs = Input.expand(files, recursive: recursive)
      let printer: any ComparisonPrinter = json ? ComparisonJSONPrinter() : ComparisonTable(models: models)
      var progress = Progress(total: inputs.count)
      var failed = false
      var waiting = inputs[...]
      if !inputs.isEmpty { printer.begin() }
      try comparison.compareEach(inputs, read: { read($0, limits: comparison.limits) }) { results in
        progress.clear()
        for (input, result) in zip(waiting, results) {
          switch result {
          case .success(let comparison):
            failed = failed || comparison.scores.count < comparison.answers.count
            try printer.print(input.name, comparison)
          case .failure(let error):
            failed = true
            try printer.print(input.name, (error as? FailedInput)?.report ?? FailureReport(error))
          }
        }
        waiting = waiting.dropFirst(results.count)
        progress.advance(by: results.count)
      }
      progress.clear()
      if failed { throw Exit.someInputsFailed }
    }

    /// An input that had failed before it was read.
    private struct FailedInput: Error { let report: FailureReport }

    private func read(_ input: Input, limits: DecodeLimits) -> Result<[UInt8], any Error> {
      Result {
        switch input {
        case .file(let path): try ImageFile.read(path, limits: limits)
        case .standardInput: try ImageFile.standardInput(limits: limits)
        case .failure(_, let report): throw FailedInput(report: report)
        }
      }
    }

    /// Opens the models, or ends the process saying why they cannot be compared.
    private func load() throws -> ModelComparison {
      var loading = ""
      do {
        var strangers = generatedLabels
        let models = try models.map { name in
          loading = " \(name.printable)"
          let location = try ModelArgument.find(name, revision: nil, weights: nil, base: nil)
          let labels = try NetworkFiles(
            folder: location.folder, weightsFile: nil, baseFolder: location.base
          ).config.labels
          let own = generatedLabels.filter(labels.contains)
          strangers.removeAll(where: own.contains)
          let model = try ComparedModel(
            folder: location.folder, baseFolder: location.base, id: location.id,
            generatedLabels: own.isEmpty ? nil : own, profile: profile, policy: policy, precision: precision)
          ModelNote.show(model.identity.note, of: model.identity.id)
          return model
        }
        loading = "s"
        guard strangers.isEmpty else {
          throw ValidationError(
            "none of the models has the label \(strangers.map(\.printable).joined(separator: ", "))")
        }
        return try ModelComparison(
          models, maximumMemory: maxMemory?.byteCount,
          budget: threads.map(ComputeBudget.init(threads:)) ?? .shared)
      } catch {
        Output.write(
          "aiguard: cannot load the model\(loading): \("\(error)".escapedLines)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }
  }
#endif
