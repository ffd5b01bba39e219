#if CLI
  import AIGuardVision
  import ArgumentParser

  /// The options of commands that ask several models of the same images.
  struct ComparedModelOptions: ParsableArguments {
    @Option(
      name: .customLong("model"),
      help: ArgumentHelp(
        "A folder, the id of a model on the Hugging Face Hub, or builtin:photo or builtin:cifake. Give it once for each "
          + "model.",
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

    var set: ModelSet {
      ModelSet(
        names: models, generatedLabels: generatedLabels, maximumMemory: maxMemory?.byteCount,
        profile: profile,
        policy: policy, precision: precision, threads: threads)
    }
  }
#endif
