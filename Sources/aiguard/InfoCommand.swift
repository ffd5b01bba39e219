#if CLI
  import AIGuardVision
  import ArgumentParser
  import TensorCore
  import Platform

  struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "info", abstract: "Show the model, the kernels, the threads and the codecs in use.")

    @OptionGroup var model: ModelOptions

    func run() throws {
      let classifier = try model.load()
      let config = classifier.model.config
      let provenance = classifier.provenance
      var rows = [
        ("version", provenance.version),
        ("model", "\(provenance.model.id) (sha256 \(try provenance.model.sha256))"),
        ("network", "\(config.className), \(config.summary)"),
        ("labels", classifier.labels.enumerated().map { "\($0) \($1.printable)" }.joined(separator: ", ")),
        ("profile", "\(provenance.profile.rawValue), \(provenance.policy.rawValue)"),
        ("precision", provenance.precision.rawValue),
        ("kernels", "\(provenance.kernels.rawValue) (best here: \(KernelLevel.best.rawValue))"),
        ("cache", classifier.model.packedCache.outcome.rawValue),
        ("threads", "\(classifier.budget.threads) (available: \(ComputeBudget.availableThreads))"),
        ("blas", BLAS.configuration),
        (
          "codecs",
          ImageDecoder.codecVersions.map { "\($0.format.rawValue): \($0.version)" }.joined(separator: ", ")
        ),
      ]
      if model.model == nil {
        rows.append(
          (
            "note",
            "the built-in model was trained on CIFAKE, 32x32 images; it is good for images like those, and "
              + "what it says of large photographs is not evidence"
          ))
      }
      let width = rows.map { $0.0.count }.max() ?? 0
      for (name, value) in rows {
        Output.write("\(name.padded(to: width))  \(value.escaped)\n", to: .standardOutput)
      }
    }
  }
#endif
