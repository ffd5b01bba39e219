#if CLI
  import AIGuardVision
  import ArgumentParser
  import Checkpoint

  /// The options of commands that ask several models of the same images.
  struct ComparedModelOptions: ParsableArguments {
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

    func validate() throws { try ModelOptions.check(threads: threads) }

    var budget: ComputeBudget { threads.map(ComputeBudget.init(threads:)) ?? .shared }

    /// Opens the models and makes of them what asks them, or ends the process saying why that cannot be.
    func load<R>(_ make: (_ models: [ComparedModel]) throws -> R) throws -> R {
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
        return try make(models)
      } catch {
        Output.write(
          "aiguard: cannot load the model\(loading): \("\(error)".escapedLines)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }
  }
#endif
