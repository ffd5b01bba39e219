#if CLI && Evidence
  import AIGuardVision
  import ArgumentParser
  import Platform

  struct ExamineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "examine",
      abstract: "Classify images, and show beside it what their files say of themselves.",
      discussion: """
        The network's word on the pixels (as classify gives it) and the file's word on its origin (as evidence gives it), and \
        whether they agree. Neither moves the other: what a file says can be planted or stripped, and networks err. A \
        conflict is said first.
        """)

    @Argument(
      help: ArgumentHelp("Image files, folders of them, or - for standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var options: EvidenceOptions

    @OptionGroup var model: ModelOptions

    @Option(name: .customLong("top-k"), help: "How many labels to show.")
    var topK = 5

    @Flag(name: .shortAndLong, help: "Also the folders inside folders.")
    var recursive = false

    @Flag(help: "One JSON object a line instead of text.")
    var json = false

    func validate() throws {
      try Input.check(files)
      if topK < 0 { throw ValidationError("--top-k must not be negative") }
    }

    func run() throws {
      let reader = try options.reader()
      let classifier = try model.load()
      try Input.forEach(Input.expand(files, recursive: recursive), json: json) { input in
        let bytes = try input.bytes(limits: classifier.limits)
        let examination = Examination(
          classification: try classifier.classifyAndWait(imageBytes: bytes, topK: topK),
          evidence: try options.report(bytes, of: input, by: reader))
        if json {
          try Output.json(FileLine(file: input.name, content: examination))
        } else {
          show(examination, input.name)
        }
      }
    }

    private func show(_ examination: Examination, _ name: String) {
      Output.write("\(name.escaped)\n  \(examination.summary)\n", to: .standardOutput)
      TablePrinter(width: 8).print("  pixels", examination.classification)
      Output.write(EvidenceText(examination.evidence).lines("  "), to: .standardOutput)
    }
  }
#endif
