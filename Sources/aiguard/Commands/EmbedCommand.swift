#if CLI
  import AIGuardVision
  import ArgumentParser

  struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "embed", abstract: "Compute features of images: vectors for a classifier of your own.",
      discussion: """
        Base models (ViTModel, CLIPModel, ...) have features and no labels; of a classifier they are what comes before \
        its last layer. With --npy the file has a row for each image, in their order: where one image fails, its reason \
        is said, and no file is written.
        """)

    @Argument(
      help: ArgumentHelp("Image files, folders of them, or - for standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var model: ModelOptions

    @Option(
      help:
        "cls: the CLS token; pooled: pooler_output, CLIP's image_embeds, or what the model's classifier reads; mean: of the patches."
    )
    var feature: ImageFeature = .pooled

    @Flag(help: "One JSON object a line.")
    var json = false

    @Option(help: ArgumentHelp("A NumPy file to write: float32, [files, width].", valueName: "out"))
    var npy: String?

    @Flag(name: .shortAndLong, help: "Also the folders inside folders.")
    var recursive = false

    func validate() throws {
      try Input.check(files)
      if json == (npy != nil) { throw ValidationError("say either --json or --npy") }
      if npy?.isEmpty == true { throw ValidationError("--npy needs the name of a file") }
    }

    func run() throws {
      let embedder = try model.loadEmbedder()
      guard let width = embedder.featureWidths[feature] else {
        let available = ImageFeature.allCases.filter { embedder.featureWidths[$0] != nil }.map(\.rawValue)
        throw ValidationError(
          "this model has no feature \(feature.rawValue); it has \(available.joined(separator: ", "))")
      }
      let inputs = Input.expand(files, recursive: recursive)
      let printer: any FeaturePrinter =
        if let npy {
          try NPYPrinter(npy, feature: feature, rows: inputs.count, width: width)
        } else {
          JSONLinesPrinter()
        }
      var progress = Progress(total: inputs.count)
      var failed = false
      // As many at once as `classify` takes.
      let chunk = 16
      for first in stride(from: 0, to: inputs.count, by: chunk) {
        let some = Array(inputs[first..<min(first + chunk, inputs.count)])
        let results = features(some, with: embedder)
        progress.clear()
        for (input, result) in zip(some, results) {
          switch result {
          case .success(let features): try printer.print(input.name, features)
          case .failure(let failure):
            failed = true
            try printer.print(input.name, failure.report)
          }
        }
        progress.advance(by: some.count)
      }
      progress.clear()
      try printer.finish()
      if failed { throw Exit.someInputsFailed }
    }

    private struct Failure: Error {
      let report: FailureReport
    }

    private func features(_ inputs: [Input], with embedder: ImageEmbedder) -> [Result<ImageFeatures, Failure>]
    {
      func outcome(_ result: Result<ImageFeatures, any Error>) -> Result<ImageFeatures, Failure> {
        result.mapError { Failure(report: FailureReport($0)) }
      }
      let paths = inputs.compactMap { if case .file(let path) = $0 { path } else { nil } }
      var results = embedder.featuresAndWait(filesAt: paths, kinds: [feature]).makeIterator()
      return inputs.map { input in
        switch input {
        case .failure(_, let report): .failure(Failure(report: report))
        case .standardInput:
          outcome(
            Result {
              try embedder.featuresAndWait(
                imageBytes: ImageFile.standardInput(limits: embedder.limits), kinds: [feature])
            })
        case .file(let path):
          results.next().map(outcome)
            ?? .failure(
              Failure(report: FailureReport(kind: "internal", message: "no result for \(path)")))
        }
      }
    }
  }

  extension ImageFeature: ExpressibleByArgument {}
#endif
