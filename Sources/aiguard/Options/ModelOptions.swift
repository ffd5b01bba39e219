#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform

  /// The options that every command takes which uses a model.
  struct ModelOptions: ParsableArguments {
    @Option(
      name: .customLong("model"),
      help: ArgumentHelp(
        "A folder as save_pretrained writes it, or the id of a model on the Hugging Face Hub, which is downloaded "
          + "where the cache does not have it, or a model that is built in: builtin:photo for photographs, builtin:cifake "
          + "for 32x32 thumbnails. Without it \(BuiltInModel.standard.rawValue).",
        valueName: "folder or id"))
    var models: [String] = []

    /// The one that is named, or the first.
    var model: String? { models.first }

    @Option(help: "A branch, a tag or a commit of a --model on the Hub.")
    var revision: String?

    @Option(
      help: ArgumentHelp(
        "The file of weights of --model, where it is not to be the first of model.safetensors, "
          + "model.safetensors.index.json, pytorch_model.bin and pytorch_model.bin.index.json.",
        valueName: "file"))
    var weights: String?

    @Option(
      help: ArgumentHelp(
        "The model that an adapter in --model changes, where it is not what the adapter says: a folder, or an id on the "
          + "Hub.", valueName: "folder or id"))
    var base: String?

    @Option(
      name: .customLong("generated-label"),
      help: ArgumentHelp(
        "A label of --model that means that an image was generated, where its calibration.json or its spelling does "
          + "not say so. May be given several times.",
        valueName: "label"))
    var generatedLabels: [String] = []

    @Option(help: "The reference whose pixel values to reproduce.")
    var profile: PreprocessingProfile = .pillow13

    @Option(help: "The pixels as they are stored, or turned upright first as transformers' pipeline does.")
    var policy: InputPolicy = .asStored

    @Option(help: "The arithmetic of the network's matrix products.")
    var precision: Precision = .float32

    @Flag(
      help: ArgumentHelp(
        "Keep the packed weights of the --model in the user's cache folder, for a faster next start."))
    var packedCache = false

    /// More than any machine has use for; a mistyped number must not ask the system for a million.
    static let mostThreads = 1024

    @Option(help: "Threads to compute on, at most 1024; by default what this process may use.")
    var threads: Int?

    func validate() throws {
      let isBuiltIn = model?.hasPrefix(BuiltInModel.prefix) ?? true
      if packedCache, isBuiltIn {
        throw ValidationError("--packed-cache goes with --model: a built-in model has nothing to keep")
      }
      if revision != nil, isBuiltIn {
        throw ValidationError("--revision goes with --model: a built-in model has one revision")
      }
      if revision != nil, let model, FileKind(of: model) == .folder {
        throw ValidationError("--revision is for models on the Hub, and \(model.escaped) is a folder")
      }
      if weights != nil, isBuiltIn {
        throw ValidationError("--weights goes with --model: a built-in model has one file")
      }
      if !generatedLabels.isEmpty, isBuiltIn {
        throw ValidationError("--generated-label goes with --model: of a built-in model it is known")
      }
      if base != nil, isBuiltIn { throw ValidationError("--base goes with --model: an adapter") }
      if models.count > 1 {
        let ofOne = [
          ("--revision", revision != nil), ("--weights", weights != nil), ("--base", base != nil),
          ("--packed-cache", packedCache),
        ]
        for (option, isGiven) in ofOne where isGiven {
          throw ValidationError("\(option) goes with one --model, and \(models.count) are named")
        }
      }
      try WeightsOptions.check(weights: weights, base: base)
      try Self.check(threads: threads)
    }

    static func check(threads: Int?) throws {
      if let threads, !(1...mostThreads).contains(threads) {
        throw ValidationError("--threads must be from 1 to \(mostThreads)")
      }
    }

    /// Refuses several models, for what takes one.
    func checkSingle() throws {
      guard models.count <= 1 else { throw ValidationError("name one --model; \(models.count) are named") }
    }

    var budget: ComputeBudget { Self.budget(threads: threads) }

    static func budget(threads: Int?) -> ComputeBudget {
      threads.map(ComputeBudget.init(threads:)) ?? .shared
    }

    /// Loads the model for its features, or ends the process saying why it cannot.
    func loadEmbedder() throws -> ImageEmbedder {
      try checkSingle()
      return try reportingFailure {
        guard let model, try BuiltInModel(named: model) == nil else { return try loadClassifier().embedder }
        let location = try ModelArgument.find(model, revision: revision, weights: weights, base: base)
        let embedder = try ImageEmbedder(
          folder: location.folder, weightsFile: weights, baseFolder: location.base, id: location.id,
          profile: profile, policy: policy, precision: precision, budget: budget,
          packedCache: packedCache ? .userCache : nil)
        for problem in embedder.model.packedCache.problems {
          Output.write("aiguard: packed cache: \("\(problem)".escapedLines)\n", to: .standardError)
        }
        return embedder
      }
    }

    /// Loads the model, or ends the process saying why it cannot.
    func load() throws -> ImageClassifier {
      try checkSingle()
      return try reportingFailure { try loadClassifier() }
    }

    private func loadClassifier() throws -> ImageClassifier {
      if let model, try BuiltInModel(named: model) == nil {
        let location = try ModelArgument.find(
          model, revision: revision, weights: weights, base: base)
        let classifier = try ImageClassifier(
          folder: location.folder, weightsFile: weights, baseFolder: location.base, id: location.id,
          generatedLabels: generatedLabels.isEmpty ? nil : generatedLabels, profile: profile,
          policy: policy,
          precision: precision,
          budget: budget,
          packedCache: packedCache ? .userCache : nil)
        ModelNote.show(classifier.identity.note, of: classifier.identity.id)
        for problem in classifier.model.packedCache.problems {
          Output.write("aiguard: packed cache: \("\(problem)".escapedLines)\n", to: .standardError)
        }
        return classifier
      }
      return try (BuiltInModel(named: model) ?? .standard).load(
        profile: profile, policy: policy, precision: precision, budget: budget)
    }

    private func reportingFailure<R>(_ load: () throws -> R) throws -> R {
      do { return try load() } catch {
        var reason = "\(error)"
        // A report has lines of its own; a line break in the folder's name is none of them.
        if let model, model.contains(where: \.isNewline) {
          reason = reason.replacing(model, with: model.escaped)
        }
        Output.write("aiguard: cannot load the model: \(reason.escapedLines)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }
  }

  /// What the users of a published model should know of it.
  enum ModelNote {
    static func show(_ note: String?, of model: String) {
      guard let note else { return }
      Output.write("aiguard: note: \(model.printable): \(note)\n", to: .standardError)
    }
  }

  extension Precision: ExpressibleByArgument {}
  extension PreprocessingProfile: ExpressibleByArgument {}
  extension InputPolicy: ExpressibleByArgument {}
#endif
