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
        ("P(AI)", Self.reading(of: classifier)),
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
      if let note = classifier.identity.note { rows.append(("note", note)) }
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

    /// How P(AI) follows from the labels, or why it does not.
    static func reading(of classifier: ImageClassifier) -> String {
      do throws(ImageClassifierError) {
        return try classifier.generatedLabels.summary
      } catch {
        return "none: \(error)"
      }
    }
  }

  extension GeneratedLabels {
    /// For people.
    var summary: String {
      let names = names.map(\.printable).joined(separator: " + ")
      let sum =
        switch rule {
        case .softmax: "softmax of \(names)"
        case .sigmoid: "sigmoid of \(names)"
        case .complementOfSigmoid: "1 - sigmoid"
        }
      return switch origin {
      case .spellings: sum
      case .calibrationFile: "\(sum) (calibration.json)"
      case .caller: "\(sum) (--generated-label)"
      }
    }
  }
#endif
