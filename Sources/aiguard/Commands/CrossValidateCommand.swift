#if CLI
  import AIGuardVision
  import ArgumentParser
  import Datasets
  import Evaluation
  import Platform
  import Training

  struct CrossValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "cross-validate",
      abstract: "Teach models without some of the sources, and judge each on those that it has not seen.",
      discussion: """
        The sources of the images are dealt out to parts (--folds). For each part a model is taught on all others, as \
        train does it with the same options, into --out/fold-1, fold-2, ..., and judged on the part. The figures are those \
        of evaluate, for all images together, each judged by the model that never saw its source.

        Sources are the folders below the labels, or what a list says. Where the data have parts (train, val), models \
        learn from the images of the recipe's part, and are judged on all.
        """)

    @OptionGroup var options: TrainingOptions

    @Option(help: "How many parts the sources are dealt out to.")
    var folds = 5

    @OptionGroup var files: EvaluationFileOptions

    func validate() throws {
      if folds < 2 { throw ValidationError("--folds must be 2 or more") }
    }

    func run() throws {
      let parts = try options.parts()
      let held = try options.reporting(Exit.someInputsFailed) { try parts.dataset.foldsBySource(folds) }
      let files = try files.begin()
      let interruption = Interruption()
      defer { interruption.end() }
      let results = try held.enumerated().map { index, part in
        let folder = "\(options.out)/fold-\(index + 1)"
        let sources = part.sources.map(\.printable).joined(separator: ", ")
        Output.write(
          "aiguard: fold \(index + 1) of \(folds): without \(part.records.count) images of \(sources)\n",
          to: .standardError)
        let run = try parts.run(
          parts.dataset.without(part), output: folder,
          features: options.features.map { "\($0)/fold-\(index + 1)" })
        try TrainingOptions.teach(run)
        return try judge(folder, part)
      }
      let result = try CrossValidation(
        folds: results, of: parts.dataset, name: FilePath.name(of: options.out))
      for failure in result.pooled.allFailures {
        FailureReport(kind: failure.kind, message: failure.message).show(failure.name)
      }
      Output.write(EvaluationTable(result).text, to: .standardOutput)
      try files.write(result.pooled, images: parts.dataset, json: result.jsonText)
      if !result.pooled.allFailures.isEmpty { throw Exit.someInputsFailed }
    }

    private func judge(_ folder: String, _ part: ImageDataset) throws -> EvaluationResult {
      let set = ModelSet(
        names: [folder], generatedLabels: [], profile: .pillow13, policy: options.policy,
        precision: .float32, threads: options.threads)
      let evaluator = try set.open { try Evaluator($0, budget: set.budget) }
      var progress = Progress(total: part.records.count)
      let result = try evaluator.evaluateAndWait(EvaluationSet(part)) { done in
        progress.advance(by: done)
        if Interruption.isRequested {
          progress.clear()
          Output.write("aiguard: interrupted; --resume goes on from here\n", to: .standardError)
          throw Exit.someInputsFailed
        }
      }
      progress.clear()
      return result
    }
  }
#endif
