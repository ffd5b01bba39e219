#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform

  struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "explain", abstract: "Draw where in an image the model's result comes from.",
      discussion: """
        rollout follows the attention of all layers from the result to the patches; occlusion hides a square of the \
        input, place by place, and asks what the result loses. The map is drawn in viridis over the image in grey, dark \
        for the lowest values and yellow for the highest; of occlusion the middle is no change, yellow spoke for \
        "generated" (or for the best label) and dark against it.

        A map shows what the model used, not whether it is right, and it is no sign of where an image was changed.
        """)

    enum Method: String, CaseIterable, ExpressibleByArgument { case rollout, occlusion }

    @Argument(help: ArgumentHelp("An image file, or - for standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The PNG file to write.", valueName: "png"))
    var out: String?

    @Option(help: "How the map is made.")
    var method: Method = .rollout

    @Option(
      name: .customLong("head-fusion"), help: "rollout: how the heads of a layer become one; by default mean."
    )
    var headFusion: AttentionRollout.HeadFusion?

    @Option(help: "rollout: the share of each layer that passes it by, from 0 to below 1; by default 0.5.")
    var residual: Double?

    @Option(
      help:
        "rollout: the share of a layer's values, the lowest, that are set to zero, from 0 to below 1; by default 0."
    )
    var discard: Double?

    @Option(
      help:
        "occlusion: the square's side in pixels of the input; by default a seventh of the input's shorter side."
    )
    var side: Int?

    @Option(help: "occlusion: the pixels from one place to the next; by default half of the side.")
    var stride: Int?

    @Option(help: "occlusion: the grey that hides, 0 to 255; by default 128.")
    var fill: UInt8?

    @Option(name: .customLong("longest-side"), help: "The longer side of the PNG in pixels.")
    var longestSide = 1024

    @OptionGroup var model: ModelOptions

    @Flag(help: "Print the numbers as one JSON object.")
    var json = false

    func validate() throws {
      if out == nil, !json { throw ValidationError("say --out, --json or both") }
      if out?.isEmpty == true { throw ValidationError("--out needs the name of a file") }
      if longestSide < 1 { throw ValidationError("--longest-side must be at least 1") }
      let ofRollout = [
        ("--head-fusion", headFusion != nil), ("--residual", residual != nil), ("--discard", discard != nil),
      ]
      let ofOcclusion = [("--side", side != nil), ("--stride", stride != nil), ("--fill", fill != nil)]
      for (option, isGiven) in method == .rollout ? ofOcclusion : ofRollout where isGiven {
        throw ValidationError("\(option) is not for --method \(method.rawValue)")
      }
    }

    func run() throws {
      let classifier = try model.load()
      do {
        let bytes = try Input(file).bytes(limits: classifier.limits)
        let explanation = try classifier.explainAndWait(imageBytes: bytes, by: chosen)
        if let out {
          let png = try ImageEncoder.encode(
            explanation.image(longestSide: longestSide), as: .png(), limits: classifier.limits)
          try png.withUnsafeBytes { bytes in
            try OutputFile.replace(out, permissions: OutputFile.publicPermissions, with: [bytes])
          }
        }
        if json { try Output.json(FileLine(file: file, content: explanation)) }
      } catch {
        try FailureReport.show(error, of: file, json: json)
        throw Exit.someInputsFailed
      }
    }

    private var chosen: ExplanationMethod {
      switch method {
      case .rollout:
        .rollout(
          AttentionRollout(
            headFusion: headFusion ?? .mean, residual: residual ?? 0.5, discard: discard ?? 0))
      case .occlusion: .occlusion(Occlusion(side: side, stride: stride, fill: fill ?? 128))
      }
    }
  }

  extension AttentionRollout.HeadFusion: ExpressibleByArgument {}
#endif
