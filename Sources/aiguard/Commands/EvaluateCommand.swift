#if CLI
  import AIGuardVision
  import ArgumentParser
  import Datasets
  import Evaluation
  import Platform

  struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "evaluate", abstract: "Judge models on labelled images.",
      usage: "aiguard evaluate --data <path> [--model <folder or id>] ... [<options>]",
      discussion: """
        Images are in LABEL/..., SPLIT/LABEL/... or SPLIT/LABEL/SOURCE/..., in a folder or a zip archive, or named in a \
        list (CSV with the columns path and label). "Generated" is the positive class. An image is decoded once for all \
        models; one that fails is counted, named on standard error, and in no figure.

        Without --model it is \(BuiltInModel.standard.rawValue) that is judged. Docs/Evaluation.md defines every figure.
        """)

    @OptionGroup var data: EvaluationDataOptions

    @OptionGroup var options: ComparedModelOptions

    @Option(help: "The lowest P(AI) that is called generated.")
    var threshold = 0.5

    @Flag(
      help: ArgumentHelp(
        "Also judge the images recompressed, rescaled, blurred, cropped and as in a screenshot."))
    var sweep = false

    @OptionGroup var files: EvaluationFileOptions

    func validate() throws {
      if !(0...1).contains(threshold) { throw ValidationError("--threshold must be from 0 to 1") }
      if options.models.isEmpty, !options.generatedLabels.isEmpty {
        throw ValidationError("--generated-label goes with --model: of a built-in model it is known")
      }
    }

    func run() throws {
      let set = try data.open()
      let evaluator = try load()
      let files = try files.begin()
      var progress = Progress(total: set.dataset.records.count)
      let result = try evaluator.evaluateAndWait(
        set,
        options: EvaluationOptions(
          positiveLabels: data.positive.isEmpty ? nil : data.positive, threshold: threshold,
          sweep: sweep ? SweepChange.standard : [])
      ) { progress.advance(by: $0) }
      progress.clear()
      for failure in result.allFailures {
        FailureReport(kind: failure.kind, message: failure.message).show(failure.name)
      }
      Output.write(EvaluationTable(result).text, to: .standardOutput)
      try files.write(result, images: set.dataset, json: result.jsonText)
      if !result.allFailures.isEmpty { throw Exit.someInputsFailed }
    }

    private func load() throws -> Evaluator {
      let set = options.set
      return try set.open { try Evaluator($0, maximumMemory: set.maximumMemory, budget: set.budget) }
    }
  }
#endif
