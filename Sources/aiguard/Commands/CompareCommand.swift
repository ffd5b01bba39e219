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

    @OptionGroup var options: ComparedModelOptions

    @Flag(help: "One JSON object a line instead of a table.")
    var json = false

    @Flag(name: .shortAndLong, help: "Also the folders inside folders.")
    var recursive = false

    func validate() throws {
      try Input.check(files)
      if options.models.count < 2 { throw ValidationError("name at least two models: --model A --model B") }
    }

    func run() throws {
      let comparison = try options.set.load()
      let inputs = Input.expand(files, recursive: recursive)
      if json {
        try ModelSet.show(inputs, comparison, with: ComparisonJSONPrinter())
      } else {
        try ModelSet.show(inputs, comparison, with: ComparisonTable(models: options.models))
      }
    }
  }
#endif
