#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform

  struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "classify", abstract: "Classify images.",
      discussion: """
        In a folder, what is no image by its content is passed over, and counted on standard error. A file that is \
        named, or whose name ends like an image's, fails where it is none.

        The score is the model's, not a proof. A verdict (real, fake, unsure) is shown of models that have a calibration, \
        and is meant for its error rate and for images like those that it was fitted on. The model that is built in for \
        photographs is unsure of most of them; aiguard info says why.

        Of several models each has a row of its own, and one more has the mean of their P(AI) and how many say \
        generated. With --views one model is also shown parts of the image at their own size, its mirror image, the \
        image as a JPEG of quality 75, and the image at half and double size; it is unstable where the verdict changes. \
        Either way an image is decoded once.

        With --receipt, for one file and one model, hashes of file, pixels, model and settings are written beside logits \
        and verdict, for aiguard verify.
        """)

    @Argument(
      help: ArgumentHelp("Image files, folders of them, or - for standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var model: ModelOptions

    @Flag(help: "One JSON object a line instead of a table.")
    var json = false

    @OptionGroup var labels: LabelOptions

    @Flag(help: "Show the model several views of each image.")
    var views = false

    @Flag(name: .shortAndLong, help: "Also the folders inside folders.")
    var recursive = false

    @Option(help: ArgumentHelp("A receipt of the one file to write.", valueName: "json"))
    var receipt: String?

    @Option(
      name: .customLong("sign-with"),
      help: ArgumentHelp(
        "The private key that signs the receipt: Ed25519, in PEM, unencrypted.", valueName: "pem"))
    var signWith: String?

    func validate() throws {
      try Input.check(files)
      try checkReceipt()
      if views, model.models.count > 1 {
        throw ValidationError("--views goes with one --model, and \(model.models.count) are named")
      }
    }

    private func checkReceipt() throws {
      guard let receipt else {
        if signWith != nil { throw ValidationError("--sign-with goes with --receipt") }
        return
      }
      if receipt.isEmpty { throw ValidationError("--receipt needs the name of a file") }
      if files.count > 1 { throw ValidationError("--receipt is of one file, and \(files.count) are named") }
      if views { throw ValidationError("--receipt does not go with --views") }
      if model.models.count > 1 {
        throw ValidationError("--receipt goes with one --model, and \(model.models.count) are named")
      }
    }

    func run() throws {
      guard model.models.count < 2 else { return try runEnsemble() }
      if let receipt { return try classify(writing: receipt) }
      let classifier = try model.load()
      if views { try checkLabels(of: classifier) }
      let inputs = Input.expand(files, recursive: recursive)
      let printer: any ResultPrinter =
        json ? JSONLinesPrinter() : TablePrinter(inputs)
      var progress = Progress(total: inputs.count)
      var failed = false
      // Enough at once to keep the threads busy, few enough for results to appear as they come.
      let chunk = 16
      for first in stride(from: 0, to: inputs.count, by: chunk) {
        let some = Array(inputs[first..<min(first + chunk, inputs.count)])
        let results = views ? try classifyViews(some, with: classifier) : classify(some, with: classifier)
        progress.clear()
        for (input, result) in zip(some, results) {
          switch result {
          case .success(let result): try printer.print(input.name, result)
          case .views(let result):
            failed = failed || result.scores.count < result.answers.count
            try printer.print(input.name, result)
          case .failure(let report):
            failed = true
            try printer.print(input.name, report)
          }
        }
        progress.advance(by: some.count)
      }
      progress.clear()
      if failed { throw Exit.someInputsFailed }
    }

    /// Classifies the one file. What is wrong with the key is found before the model is loaded.
    private func classify(writing path: String) throws {
      let key = try signWith.map(SigningKey.read)
      let classifier = try model.load()
      let input = Input.expand(files, recursive: recursive)
      let printer: any ResultPrinter = json ? JSONLinesPrinter() : TablePrinter(input)
      guard input.count == 1 else {
        throw ValidationError("--receipt is of one file, and the folder has \(input.count)")
      }
      do {
        let (result, receipt) = try classifier.receiptAndWait(
          imageBytes: input[0].bytes(limits: classifier.limits), topK: labels.topK,
          functionToApply: labels.functionToApply)
        try OutputFile.replace(path, with: ReceiptFile(receipt, signedWith: key).text)
        try printer.print(input[0].name, result)
      } catch {
        try printer.print(input[0].name, FailureReport(error))
        throw Exit.someInputsFailed
      }
    }

    private enum Outcome {
      case success(ClassificationResult)
      case views(ViewsResult)
      case failure(FailureReport)

      init(_ result: Result<ClassificationResult, any Error>) {
        switch result {
        case .success(let result): self = .success(result)
        case .failure(let error): self = .failure(FailureReport(error))
        }
      }

      init(_ result: Result<ViewsResult, any Error>) {
        switch result {
        case .success(let result): self = .views(result)
        case .failure(let error): self = .failure(FailureReport(error))
        }
      }
    }

    private func runEnsemble() throws {
      let comparison = try ModelSet(
        names: model.models, generatedLabels: model.generatedLabels, profile: model.profile,
        policy: model.policy, precision: model.precision, threads: model.threads
      ).load()
      let inputs = Input.expand(files, recursive: recursive)
      if json {
        try ModelSet.show(
          inputs, comparison, topK: labels.topK, functionToApply: labels.functionToApply,
          with: EnsembleJSONPrinter())
      } else {
        try ModelSet.show(
          inputs, comparison, topK: labels.topK, functionToApply: labels.functionToApply,
          with: EnsembleTable(inputs, models: model.models))
      }
    }

    /// Ends the process where views cannot be put together.
    private func checkLabels(of classifier: ImageClassifier) throws {
      do throws(ImageClassifierError) {
        _ = try classifier.generatedLabels
      } catch {
        Output.write("aiguard: --views: \("\(error)".escapedLines)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }

    private func classifyViews(_ inputs: [Input], with classifier: ImageClassifier) throws -> [Outcome] {
      let paths = inputs.compactMap { if case .file(let path) = $0 { path } else { nil } }
      var results = try classifier.classifyViewsAndWait(
        filesAt: paths, topK: labels.topK, functionToApply: labels.functionToApply
      ).makeIterator()
      return outcomes(of: inputs, files: { results.next().map(Outcome.init) }) {
        Outcome(
          Result {
            try classifier.classifyViewsAndWait(
              imageBytes: ImageFile.standardInput(limits: classifier.limits), topK: labels.topK,
              functionToApply: labels.functionToApply)
          })
      }
    }

    private func classify(_ inputs: [Input], with classifier: ImageClassifier) -> [Outcome] {
      let paths = inputs.compactMap { if case .file(let path) = $0 { path } else { nil } }
      var results = classifier.classifyAndWait(
        filesAt: paths, topK: labels.topK, functionToApply: labels.functionToApply
      ).makeIterator()
      return outcomes(of: inputs, files: { results.next().map(Outcome.init) }) {
        Outcome(
          Result {
            try classifier.classifyAndWait(
              imageBytes: ImageFile.standardInput(limits: classifier.limits), topK: labels.topK,
              functionToApply: labels.functionToApply)
          })
      }
    }

    /// - Parameters:
    ///   - files: Gives the outcome of the next file.
    ///   - standardInput: Gives that of standard input.
    private func outcomes(
      of inputs: [Input], files: () -> Outcome?, standardInput: () -> Outcome
    ) -> [Outcome] {
      inputs.map { input in
        switch input {
        case .failure(_, let report): .failure(report)
        case .standardInput: standardInput()
        case .file(let path):
          files() ?? .failure(FailureReport(kind: "internal", message: "no result for \(path)"))
        }
      }
    }
  }

  extension ClassificationFunction: ExpressibleByArgument {
    /// In any case: users know the names from Python classes.
    public init?(argument: String) { self.init(rawValue: argument.lowercased()) }

    /// What the help lists.
    public static var allValueStrings: [String] { allCases.map(\.rawValue) }
    /// Nothing: the help text of the option says it.
    public static var allValueDescriptions: [String: String] { [:] }
  }
#endif
