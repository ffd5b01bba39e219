#if CLI && Evidence
  import AIGuardVision
  import ArgumentParser
  import Platform

  struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "evidence", abstract: "Show what image files say of their own origin.",
      discussion: """
        Content Credentials (C2PA; also of a file photo.c2pa beside a photo.jpg that has none), texts of generators, XMP, \
        IPTC, EXIF and China's label of generated content, with what follows from each, how much it weighs, and how it could \
        be forged or stripped. No model looks at the pixels, nothing is fetched, and no certificate is trusted that is not \
        named here. That a file says nothing is no evidence: platforms strip metadata.
        """)

    @Argument(
      help: ArgumentHelp("Image files, folders of them, or - for standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var options: EvidenceOptions

    @Flag(name: .shortAndLong, help: "Also the folders inside folders.")
    var recursive = false

    @Flag(help: "One JSON object a line instead of text.")
    var json = false

    func validate() throws { try Input.check(files) }

    func run() throws {
      let reader = try options.reader()
      try Input.forEach(Input.expand(files, recursive: recursive), json: json) { input in
        let report = try options.report(try input.bytes(limits: .default), of: input, by: reader)
        if json {
          try Output.json(FileLine(file: input.name, content: report))
        } else {
          Output.write("\(input.name.escaped)\n\(EvidenceText(report).lines("  "))", to: .standardOutput)
        }
      }
    }
  }
#endif
