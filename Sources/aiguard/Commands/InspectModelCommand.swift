#if CLI
  import AIGuardVision
  import ArgumentParser
  import Checkpoint
  import Platform

  struct InspectModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect-model",
      abstract: "Show a model's tensors, and what of them its network would use or miss.",
      discussion: "Ends with 3 where the network could not be loaded.")

    @Argument(
      help: ArgumentHelp(
        "A folder, an id on the Hub, or a file: .safetensors, .bin, or the index of several.",
        valueName: "model"))
    var model: String

    @Option(help: "A branch, a tag or a commit of a model on the Hub.")
    var revision: String?

    @OptionGroup var source: WeightsOptions

    @Option(
      name: .customLong("generated-label"),
      help: ArgumentHelp(
        "A label that means that an image was generated. May be given several times.", valueName: "label"))
    var generatedLabels: [String] = []

    @Flag(help: "One JSON object instead of a table.")
    var json = false

    func validate() throws {
      if !generatedLabels.isEmpty, FileKind(of: model) == .file {
        throw ValidationError("--generated-label is for models with a configuration: a folder, or an id")
      }
      try source.check(isFile: FileKind(of: model) == .file)
    }

    func run() throws {
      let (weights, config, labels) = try open()
      let report = try config.map { config in
        try AutoModelForImageClassification.inspect(
          config: config, weights: WeightLoader(weights, for: config))
      }
      let summary = Summary(weights, config, report, labels, note: ModelIdentity.note(of: model))
      if json {
        try Output.json(summary)
      } else {
        summary.show()
      }
      if let report, !report.isComplete { throw Exit.modelNotLoaded }
    }

    /// The weights, and of a folder the network that they are for and what its labels mean.
    private func open() throws -> (
      ModelWeights, AutoConfig?, Result<GeneratedLabels, ImageClassifierError>?
    ) {
      do {
        if FileKind(of: model) == .file { return (try ModelWeights(contentsOf: model), nil, nil) }
        let place = try ModelArgument.find(
          model, revision: revision, weights: source.weights, base: source.base)
        let files = try NetworkFiles(
          folder: place.folder, weightsFile: source.weights, baseFolder: place.base)
        let (weights, config) = (try files.weights(), files.config)
        return (
          weights, try AutoConfig(config, weights: weights),
          try GeneratedLabels.labels(
            named: generatedLabels.isEmpty ? nil : generatedLabels, orInFolder: place.folder,
            of: config.labels,
            problemType: config.problemType, model: model)
        )
      } catch {
        Output.write("aiguard: cannot read the model: \("\(error)".escapedLines)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }

    private struct Summary: Encodable {
      struct TensorLine: Encodable {
        let name: String
        let dtype: String
        let shape: [Int]
        let parameters: Int
      }

      struct Mismatch: Encodable {
        let name: String
        let expected: [Int]
        let found: [Int]
      }

      let path: String
      let files: [String]
      let byteCount: Int
      let parameters: Int
      let architecture: String?
      let keys: String
      /// The file of an adapter that is merged into the weights.
      let adapter: String?
      /// What was passed over before all keys.
      let wrapperPrefix: String?
      let missing: [String]?
      let mismatched: [Mismatch]?
      let unused: [String]?
      let tensors: [TensorLine]
      let generatedLabels: [String]?
      let note: String?
      /// How P(AI) is read, for people.
      private let reading: String?
      private let adaptedCount: Int

      private enum CodingKeys: CodingKey {
        case path, files, byteCount, parameters, architecture, keys, adapter, wrapperPrefix, missing
        case mismatched, unused, tensors, generatedLabels, note
      }

      init(
        _ weights: ModelWeights, _ config: AutoConfig?, _ report: LoadReport?,
        _ labels: Result<GeneratedLabels, ImageClassifierError>?, note: String?
      ) {
        generatedLabels = try? labels?.get().names
        self.note = note
        reading = labels.map { labels in
          switch labels {
          case .success(let labels): labels.summary
          case .failure(let error): "none: \(error)"
          }
        }
        path = weights.path.showingPathBytes
        files = weights.filePaths.map(\.showingPathBytes)
        byteCount = weights.byteCount
        tensors = weights.names.map { name in
          let shape = weights.shape(of: name) ?? []
          return TensorLine(
            name: name, dtype: weights.dtype(of: name)?.safetensorsName ?? "", shape: shape,
            parameters: shape.contains(0)
              ? 0 : shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue })
        }
        parameters = tensors.reduce(0) { $0 &+ $1.parameters }
        architecture = config?.className
        keys = "\(report?.naming ?? KeyNaming(detectingIn: weights.names))"
        adapter = weights.adapterPath?.showingPathBytes
        wrapperPrefix = weights.wrapperPrefix.isEmpty ? nil : weights.wrapperPrefix
        adaptedCount = weights.adaptedCount
        missing = report?.missing
        mismatched = report?.mismatched.map { Mismatch(name: $0.key, expected: $0.expected, found: $0.found) }
        unused = report?.unexpected
      }

      func show() {
        let widths = (
          name: tensors.map(\.name.printable.count).max() ?? 0, dtype: tensors.map(\.dtype.count).max() ?? 0
        )
        var lines = tensors.map { tensor in
          let shape = tensor.shape.map(String.init).joined(separator: "x")
          return tensor.name.printable.padded(to: widths.name) + "  " + tensor.dtype.padded(to: widths.dtype)
            + "  "
            + (shape.isEmpty ? "scalar" : shape)
        }
        lines.append("")
        lines.append(
          "files       " + files.map(\.escaped).joined(separator: ", ") + " (\(megabytes(byteCount)) MB)")
        lines.append("tensors     \(tensors.count), \(parameters) numbers")
        lines.append("keys        \(keys)" + (wrapperPrefix.map { ", behind \($0)" } ?? ""))
        if let adapter {
          lines.append("adapter     \(adapter.escaped), which changes \(adaptedCount) tensors")
        }
        if let architecture { lines.append("network     \(architecture)") }
        func list(_ title: String, _ names: [String]?) {
          guard let names else { return }
          lines.append(title + (names.isEmpty ? "none" : names.map(\.printable).joined(separator: ", ")))
        }
        list("missing     ", missing)
        list("misshapen   ", mismatched?.map { "\($0.name): \($0.found) where \($0.expected) is needed" })
        list("unused      ", unused)
        if let reading { lines.append("P(AI)       " + reading.escaped) }
        if let note { lines.append("note        " + note) }
        Output.write(lines.joined(separator: "\n") + "\n", to: .standardOutput)
      }
    }
  }
#endif
