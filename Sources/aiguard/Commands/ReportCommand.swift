#if CLI && Evidence
  import AIGuardVision
  import ArgumentParser
  import Evaluation
  import Platform

  struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "report", abstract: "Write a page for people on one image.",
      discussion: """
        One HTML file without a script: the image, the verdict and its band, views of the image, where the network looked, \
        what the file says of its own origin and how much that weighs, and a receipt. It contains the image.
        """)

    @Argument(help: ArgumentHelp("The image file, or - for standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The page to write.", valueName: "html"))
    var out: String

    @OptionGroup var options: EvidenceOptions

    @Option(
      name: .customLong("sign-with"),
      help: ArgumentHelp(
        "The private key that signs the receipt: Ed25519, in PEM, unencrypted.", valueName: "pem"))
    var signWith: String?

    @OptionGroup var model: ModelOptions

    func validate() throws {
      if out.isEmpty { throw ValidationError("--out needs the name of a file") }
    }

    func run() throws {
      let reader = try options.reader()
      let key = try signWith.map(SigningKey.read)
      let classifier = try model.load()
      do {
        let name = file == "-" ? "standard input" : String(file.split(separator: "/").last ?? "")
        let input = Input(file)
        let report = try ImageReport(
          name, imageBytes: input.bytes(limits: classifier.limits),
          sidecar: input.sidecar(limit: reader.limits.storeBytes), classifier: classifier, reader: reader,
          time: options.instant, omittingPrompts: options.omitsPrompts, signedWith: key)
        try OutputFile.replace(out, with: report.html)
        Output.write("\(file.escaped)\n  \(report.examination.summary)\n", to: .standardOutput)
      } catch {
        FailureReport(error).show(file)
        throw Exit.someInputsFailed
      }
    }
  }
#endif
