#if CLI
  import AIGuardVision
  import ArgumentParser
  import Checkpoint

  /// Several models that are asked of the same images.
  struct ModelSet {
    /// As they are named on the command line.
    let names: [String]
    /// Labels that mean "generated", in those of the models that have them.
    let generatedLabels: [String]
    var maximumMemory: Int?
    let profile: PreprocessingProfile
    let policy: InputPolicy
    let precision: Precision
    let threads: Int?

    var budget: ComputeBudget { ModelOptions.budget(threads: threads) }

    /// Opens the models, or ends the process saying why they cannot be compared.
    func load() throws -> ModelComparison {
      try open { try ModelComparison($0, maximumMemory: maximumMemory, budget: budget) }
    }

    /// Opens the models and makes of them what asks them, or ends the process saying why that cannot be. Without names it
    /// is the built-in model that is taken everywhere.
    func open<R>(_ make: (_ models: [ComparedModel]) throws -> R) throws -> R {
      var loading = ""
      do {
        var strangers = generatedLabels
        let models = try (names.isEmpty ? [BuiltInModel.standard.rawValue] : names).map { name in
          loading = " \(name.printable)"
          return try model(name, strangers: &strangers)
        }
        loading = "s"
        guard strangers.isEmpty else {
          throw ValidationError(
            "none of the models has the label \(strangers.map(\.printable).joined(separator: ", "))")
        }
        return try make(models)
      } catch {
        Output.write(
          "aiguard: cannot load the model\(loading): \("\(error)".escapedLines)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }

    /// - Parameter strangers: The labels that no model has had so far.
    private func model(_ name: String, strangers: inout [String]) throws -> ComparedModel {
      if let builtIn = try BuiltInModel(named: name) {
        return try ComparedModel(
          builtIn.load(profile: profile, policy: policy, precision: precision, budget: budget))
      }
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

    /// An input that had failed before it was read.
    private struct FailedInput: Error { let report: FailureReport }

    /// Shows what the models say of the inputs.
    ///
    /// - Throws: `Exit.someInputsFailed`, at the end.
    static func show(
      _ inputs: [Input], _ comparison: ModelComparison, topK: Int = 5,
      functionToApply: ClassificationFunction? = nil, with printer: some ComparisonPrinter
    ) throws {
      var progress = Progress(total: inputs.count)
      var failed = false
      var waiting = inputs[...]
      if !inputs.isEmpty { printer.begin() }
      try comparison.compareEach(
        inputs, topK: topK, functionToApply: functionToApply, read: { read($0, limits: comparison.limits) }
      ) { results in
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

    private static func read(_ input: Input, limits: DecodeLimits) -> Result<[UInt8], any Error> {
      Result {
        switch input {
        case .file(let path): try ImageFile.read(path, limits: limits)
        case .standardInput: try ImageFile.standardInput(limits: limits)
        case .failure(_, let report): throw FailedInput(report: report)
        }
      }
    }
  }
#endif
