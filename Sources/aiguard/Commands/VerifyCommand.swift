#if CLI
  import AIGuardVision
  import AIGuardDefaultModel
  import AIGuardPhotoModel
  import ArgumentParser
  import Platform

  struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify", abstract: "Do again what a receipt speaks of, and say where it first differs.",
      discussion: """
        The receipt is one that aiguard classify --receipt wrote. Its hash and its signature are checked, then the image \
        is classified with the settings of the receipt. Stages: bytes, decoded-pixels, pixel-values, model, \
        configuration, calibration, logits, verdict. On another kernel level (AIGUARD_KERNELS, another CPU) or by \
        another version the last bits of logits may differ, and are called near; nothing else may.

        Exit codes: 0 the receipt holds, 1 a file cannot be read or the image not be classified, 2 wrong usage, 3 the \
        model could not be loaded, 4 a stage differs, or the receipt or its signature is not what it seems.
        """)

    /// The receipt does not hold.
    static let doesNotHold = ExitCode(4)

    @Argument(help: ArgumentHelp("The receipt.", valueName: "receipt"))
    var receipt: String

    @Argument(help: ArgumentHelp("The image file, or - for standard input.", valueName: "file"))
    var file: String

    @Option(
      name: .customLong("model"),
      help: ArgumentHelp(
        "The model: a folder, or an id on the Hub. A built-in one is found by the receipt.",
        valueName: "folder or id"))
    var model: String?

    @Option(help: "A branch, a tag or a commit of a --model on the Hub.")
    var revision: String?

    @OptionGroup var weights: WeightsOptions

    @Option(
      name: .customLong("public-key"),
      help: ArgumentHelp("The key that the receipt must be signed by: Ed25519, in PEM.", valueName: "pem"))
    var publicKey: String?

    @Option(help: "Threads to compute on, at most 1024; by default what this process may use.")
    var threads: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
      try ModelOptions.check(threads: threads)
      if receipt == "-" { throw ValidationError("the receipt is a file; - stands for the image") }
      if model == nil, weights.weights != nil || weights.base != nil || revision != nil {
        throw ValidationError("--weights, --base and --revision go with --model")
      }
    }

    func run() throws {
      let receiptFile = try readReceipt()
      let classifier = try load(receiptFile.receipt)
      let replay: ReceiptReplay
      do {
        let bytes = try Input(file).bytes(limits: classifier.limits)
        replay = try classifier.replayAndWait(receiptFile.receipt, imageBytes: bytes)
      } catch { throw try fail(file, error, Exit.someInputsFailed) }
      if json {
        try Output.json(FileLine(file: file, content: replay))
      } else {
        show(replay, receiptFile)
      }
      if replay.firstDifference != nil { throw Self.doesNotHold }
    }

    private func readReceipt() throws -> ReceiptFile {
      do {
        let contents = try FileContents.read(receipt, limit: ReceiptFile.maximumByteCount)
        let file = try ReceiptFile(contents: contents)
        if let publicKey {
          let pem = try FileContents.read(publicKey, limit: SigningKey.maximumByteCount)
          try file.check(signedBy: Ed25519PublicKey(pem: pem))
        }
        return file
      } catch let error as ReceiptError {
        throw try fail(receipt, error, Self.doesNotHold)
      } catch let error as SigningKeyError {
        throw try fail(publicKey ?? receipt, error, Exit.someInputsFailed)
      } catch { throw try fail(receipt, error, Exit.someInputsFailed) }
    }

    /// Says why, and gives how the process is to end.
    private func fail(_ name: String, _ error: any Error, _ exit: ExitCode) throws -> ExitCode {
      try FailureReport.show(error, of: name, json: json)
      return exit
    }

    private func load(_ receipt: Receipt) throws -> ImageClassifier {
      let builtIn: String? =
        switch receipt.model.id {
        case ImageClassifier.photoModelID: BuiltInModel.photo.rawValue
        case ImageClassifier.defaultModelID: BuiltInModel.cifake.rawValue
        default: nil
        }
      // Nothing is downloaded because a receipt says so.
      guard let name = model ?? builtIn else {
        let id = receipt.model.id.printable
        throw ValidationError(
          "the receipt is of the model \(id), which is not built in: name it with --model")
      }
      var options = try ModelOptions.parse([])
      options.models = [name]
      (options.revision, options.weights, options.base) = (revision, weights.weights, weights.base)
      options.generatedLabels = name.hasPrefix(BuiltInModel.prefix) ? [] : receipt.model.generatedLabels ?? []
      (options.profile, options.policy) = (receipt.settings.profile, receipt.settings.policy)
      (options.precision, options.threads) = (receipt.settings.precision, threads)
      try options.validate()
      return try options.load()
    }

    private func show(_ replay: ReceiptReplay, _ file: ReceiptFile) {
      let width = ReceiptStage.allCases.map(\.rawValue.count).max() ?? 0
      var text = ""
      for (stage, state) in replay.stages {
        let detail = state.detail.map { "  \($0.escaped)" } ?? ""
        text += "\(stage.rawValue.padded(to: width))  \(state.name)\(detail)\n"
      }
      for note in replay.notes { text += "note: \(note.escaped)\n" }
      text += file.signature.map { "signed by \($0.publicKey.description)\n" } ?? "not signed\n"
      text +=
        replay.firstDifference.map { "the receipt does not hold: \($0.rawValue) differs\n" }
        ?? "the receipt holds\n"
      Output.write(text, to: .standardOutput)
    }
  }

  /// A file with a key.
  enum SigningKey {
    /// No key in PEM has more.
    static let maximumByteCount = 100_000

    /// The private key in a file. Ends the process where there is none.
    static func read(_ path: String) throws -> Ed25519PrivateKey {
      do {
        return try Ed25519PrivateKey(pem: FileContents.read(path, limit: maximumByteCount))
      } catch {
        FailureReport(error).show(path)
        throw Exit.someInputsFailed
      }
    }
  }
#endif
