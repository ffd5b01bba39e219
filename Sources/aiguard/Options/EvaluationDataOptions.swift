#if CLI
  import ArgumentParser
  import Datasets
  import Evaluation

  /// Which images models are judged on.
  struct EvaluationDataOptions: ParsableArguments {
    @Option(
      help: ArgumentHelp("The images: a folder, a zip archive, or a list (.csv).", valueName: "path"))
    var data: String

    @Option(help: ArgumentHelp("The folder inside --data that names are relative to.", valueName: "folder"))
    var root: String?

    @Option(help: ArgumentHelp("The list inside --data that has the labels.", valueName: "file"))
    var list: String?

    @Option(help: ArgumentHelp("The part of the images, such as test.", valueName: "name"))
    var split: String?

    @Option(
      help: ArgumentHelp("A text file with the names of images to leave out, one a line.", valueName: "file"))
    var exclude: String?

    @Option(help: ArgumentHelp("Only every so-many-th image, in the order of names.", valueName: "n"))
    var every: Int?

    @Option(
      help: ArgumentHelp(
        "Of each source of each label at most so many images, at even distances.", valueName: "n"))
    var limitPerSource: Int?

    @Option(
      help: ArgumentHelp(
        "A label of the images that means that they were generated, where its spelling does not say so. May be given "
          + "several times.", valueName: "label"))
    var positive: [String] = []

    func validate() throws {
      if every != nil, limitPerSource != nil {
        throw ValidationError("--every and --limit-per-source are two samples: name one of them")
      }
      for (name, value) in [("--every", every), ("--limit-per-source", limitPerSource)] {
        if let value, value < 1 { throw ValidationError("\(name) must be 1 or more") }
      }
    }

    func open() throws -> EvaluationSet {
      let sample: EvaluationSet.Sample =
        every.map { .every($0) } ?? limitPerSource.map { .perSource($0) } ?? .all
      let dataset = try ImageDataset(path: data, options: DatasetOptions(root: root ?? "", list: list))
      return try EvaluationSet(dataset, split: split, excluding: exclude, sample: sample)
    }
  }
#endif
