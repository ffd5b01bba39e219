#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform

  struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect",
      abstract: "Show what an image file is, and hashes of its pixels before and after preprocessing.",
      discussion: """
        rgbSHA256 is of the decoded 8-bit RGB rows as they are stored; pixelValuesSHA256 of the float32 pixel values as the \
        model receives them (NCHW, little-endian). Both can be compared with a run of the reference.
        """)

    @Argument(help: ArgumentHelp("Image files, or - for standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var model: ModelOptions

    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
      if files.isEmpty { throw ValidationError("name at least one file, or - for standard input") }
      if files.filter({ $0 == "-" }).count > 1 { throw ValidationError("- can be named once") }
    }

    private struct Report: Encodable {
      let file: String
      let fileBytes: String?
      let format: String
      let width: Int
      let height: Int
      let mode: String
      let orientation: Int
      let rgbSHA256: String
      let pixelValuesSHA256: String
      let profile: String
      let policy: String
    }

    func run() throws {
      let classifier = try model.load()
      try Input.forEach(files.map(Input.init), json: json) { input in
        let report = try inspect(input, classifier)
        if json {
          try Output.json(report)
        } else {
          Output.write(
            """
            \(input.name.escaped)
              format       \(report.format), mode \(report.mode), \(report.width)x\(report.height), \
            orientation \(report.orientation)
              rgb          sha256 \(report.rgbSHA256)
              pixel values sha256 \(report.pixelValuesSHA256) (\(report.profile), \(report.policy))

            """, to: .standardOutput)
        }
      }
    }

    private func inspect(_ input: Input, _ classifier: ImageClassifier) throws -> Report {
      let limits = classifier.limits
      let bytes = try input.bytes(limits: limits)
      let decoded = try ImageDecoder.decode(bytes, limits: limits)
      let pixelValues = try bytes.withUnsafeBytes {
        try classifier.processor.preprocess(imageBytes: $0, policy: classifier.policy, limits: limits)
      }
      return try Report(
        file: input.name.showingPathBytes, fileBytes: input.name.pathBytesForJSON,
        format: decoded.format.rawValue,
        width: decoded.image.width, height: decoded.image.height, mode: decoded.mode,
        orientation: decoded.orientation.rawValue,
        rgbSHA256: decoded.image.withUnsafeBytes { try SHA256.hexadecimal(of: $0) },
        pixelValuesSHA256: try pixelValues.withUnsafeBufferPointer {
          try SHA256.hexadecimal(of: UnsafeRawBufferPointer($0))
        },
        profile: classifier.processor.profile.rawValue, policy: classifier.policy.rawValue)
    }
  }
#endif
