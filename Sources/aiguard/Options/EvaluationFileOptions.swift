#if CLI
  import ArgumentParser
  import Datasets
  import Evaluation

  /// Where the results of an evaluation are written, besides the terminal.
  struct EvaluationFileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write a report with figures as one HTML file.", valueName: "file"))
    var report: String?

    @Option(help: ArgumentHelp("Write everything but the scores as one JSON object.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the score of each image, one JSON object a line.", valueName: "file"))
    var scores: String?

    /// Files that have been begun.
    struct Begun {
      fileprivate let report, json, scores: TextFile?

      /// Writes and finishes what was asked for.
      ///
      /// - Parameters:
      ///   - images: What the thumbnails of the report are read from.
      ///   - text: What `--json` is to have.
      func write(_ result: EvaluationResult, images: ImageDataset, json text: String) throws {
        try report?.finish(EvaluationReport(result, images: images).html)
        try json?.finish(text)
        guard let scores else { return }
        try result.eachScoreLine { try scores.write($0) }
        try scores.finish()
      }
    }

    /// Begins the files before the work: a name that cannot be written to is known at once.
    func begin() throws -> Begun {
      func file(_ path: String?) throws -> TextFile? { try path.map(TextFile.init(replacing:)) }
      return Begun(report: try file(report), json: try file(json), scores: try file(scores))
    }
  }
#endif
