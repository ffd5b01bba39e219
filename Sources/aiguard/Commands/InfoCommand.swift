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
        ("verdict", Self.verdicts(of: classifier)),
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
      if let builtIn = try BuiltInModel(named: model.model) { rows.append(("note", builtIn.note)) }
      let width = rows.map { $0.0.count }.max() ?? 0
      for (name, value) in rows {
        Output.write("\(name.padded(to: width))  \(value.escaped)\n", to: .standardOutput)
      }
    }

    /// What verdicts are made by, or why there are none.
    static func verdicts(of classifier: ImageClassifier) -> String {
      guard let calibration = classifier.calibration else {
        return "none: the model has no calibration (aiguard calibrate makes one)"
      }
      return calibration.summary
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

  extension Calibration {
    /// For people.
    var summary: String {
      let (from, to) = (unsure.lowerBound, unsure.upperBound)
      func percent(_ rate: Double) -> String { "\(Double((rate * 1000).rounded(.up)) / 10) %" }
      var parts = [
        "real below \(TablePrinter.score(Float(from))), fake above \(TablePrinter.score(Float(to))), unsure between",
        "at most \(percent(fit.errorRate)) of images like those that it was fitted on are called the other thing "
          + "(\(fit.realCount) photographs, \(fit.fakeCount) generated)",
      ]
      if let rate = fit.sourceErrorRate { parts.append("\(percent(rate)) of those of another such source") }
      if let domain { parts.append("taught on \(domain.summary), else unsure") }
      return parts.joined(separator: "; ")
    }
  }

  extension ImageDomain {
    /// For people.
    var summary: String {
      var parts: [String] = []
      if let smallestSide { parts.append("sides of \(smallestSide) and more") }
      if let largestSide { parts.append("sides of \(largestSide) and less") }
      if let longestAspect { parts.append("at most \(longestAspect) times as long as wide") }
      if let formats { parts.append(formats.map(\.rawValue).joined(separator: ", ")) }
      if !includesGrey { parts.append("in colours") }
      return parts.isEmpty ? "all images" : parts.joined(separator: "; ")
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
