#if CLI
  import AIGuardVision
  import ArgumentParser

  struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "compare", abstract: "Show what several models say of the same images.",
      usage: "aiguard compare --model <folder or id> --model <folder or id> ... [<options>] <file> ...",
      discussion: """
        For each image P(AI) by each model, their mean, their spread (the highest less the lowest), and whether the \
        verdicts agree: generated (0.5 or more for all), real, or split. An image is decoded once for all models.

        Three quarters of --max-memory are for weights. Models that do not fit in there together are loaded one after \
        the other, over blocks of images; the answers are the same.
        """)

    @Argument(
      help: ArgumentHelp("Image files, folders of them, or - for standard input.", valueName: "file"))
    var files: [String]

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

    @Flag(help: "One JSON object a line instead of a table.")
    var json = false

    @Flag(name: .shortAndLong, help: "Also the folders inside folders.")
    var recursive = false

    func validate() throws {
      try Input.check(files)
      if models.count < 2 { throw ValidationError("name at least two models: --model A --model B") }
      try ModelOptions.check(threads: threads)
    }

    func run() throws {
      let comparison = try ModelSet(
        names: models, generatedLabels: generatedLabels, maximumMemory: maxMemory?.byteCount,
        profile: profile,
        policy: policy, precision: precision, threads: threads
      ).load()
      let inputs = Input.expand(files, recursive: recursive)
      if json {
        try ModelSet.show(inputs, comparison, with: ComparisonJSONPrinter())
      } else {
        try ModelSet.show(inputs, comparison, with: ComparisonTable(models: models))
      }
    }
  }
#endif
