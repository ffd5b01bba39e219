#if CLI
  import AIGuardVision
  import ArgumentParser
  import Checkpoint
  import Platform

  struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "convert", abstract: "Write a model's weights as safetensors.",
      discussion: """
        A folder becomes a folder, with its configuration, and an adapter the whole model; a file becomes a file. Nothing \
        in a PyTorch file is executed. \
        The new files are there whole or not at all.
        """)

    @Argument(
      help: ArgumentHelp(
        "A folder, an id on the Hub, or a file: .safetensors, .bin, or the index of several.", valueName: "in"
      ))
    var input: String

    @Argument(
      help: ArgumentHelp("A folder, or for a file a name that ends in .safetensors.", valueName: "out"))
    var output: String

    @Option(help: "The type to convert floating-point tensors to; by default each keeps its own.")
    var dtype: WeightType?

    @Option(
      help: ArgumentHelp(
        "The most bytes of tensors in one file of a folder, as 5GB or 500MB.", valueName: "size"))
    var maxShardSize: ByteSize?

    @OptionGroup var source: WeightsOptions

    @Option(
      name: .customLong("generated-label"),
      help: ArgumentHelp(
        "A label that means that an image was generated, to be kept in calibration.json of the new folder. May be "
          + "given several times.", valueName: "label"))
    var generatedLabels: [String] = []

    private var isFile: Bool { FileKind(of: input) == .file }

    func validate() throws {
      if isFile {
        guard output.hasSuffix(".safetensors") else {
          throw ValidationError(
            "\(input.escaped) is a file: the name of the new one must end in .safetensors")
        }
        try source.check(isFile: true)
        guard maxShardSize == nil else { throw ValidationError("--max-shard-size is for folders") }
        guard generatedLabels.isEmpty else { throw ValidationError("--generated-label is for folders") }
      } else if output.hasSuffix(".safetensors"), FileKind(of: output) != .folder {
        throw ValidationError(
          "\(input.escaped) is no file: what it becomes is a folder, not \(output.escaped)")
      }
    }

    func run() throws {
      let (weights, files, carried) = try open()
      guard let files else { return try weights.save(to: output, dtype: dtype?.type) }
      let path = ModelFolder(output).calibrationPath
      let name = FilePath.name(of: path)
      try weights.save(
        toFolder: output, files: files, dtype: dtype?.type,
        maximumShardByteCount: maxShardSize?.byteCount ?? ModelWeights.defaultShardByteCount)
      // One that is there is of another model.
      if files[name] == nil { try OutputFile.remove(path) }
      try carried?.finish(inFolder: output)
      if carried?.isLeftOut == true {
        Output.write(
          "aiguard: calibration.json was fitted with other numbers than the new weights have, and is left out; fit it "
            + "anew with aiguard calibrate\n", to: .standardError)
      }
    }

    /// The weights, and the other files of the folder where one was named, with what becomes of `calibration.json`.
    private func open() throws -> (ModelWeights, files: [String: String]?, CarriedCalibration?) {
      do {
        if isFile { return (try ModelWeights(contentsOf: input), nil, nil) }
        let place = try ModelArgument.find(input, revision: nil, weights: source.weights, base: source.base)
        let (weights, found) = try NetworkFiles.toConvert(
          folder: place.folder, weightsFile: source.weights, baseFolder: place.base, dtype: dtype?.type)
        var files = found
        let name = FilePath.name(of: ModelFolder(output).calibrationPath)
        let config =
          generatedLabels.isEmpty
          ? nil : try PretrainedConfig(bytes: Array((files["config.json"] ?? "").utf8))
        let carried = try CarriedCalibration.converting(
          folder: place.folder, names: generatedLabels, inherited: found[name], weights: weights,
          dtype: dtype?.type, config: config, model: input)
        files[name] = carried.withoutHash?.text
        return (weights, files, carried)
      } catch {
        Output.write("aiguard: cannot read the model: \("\(error)".escapedLines)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }
  }

  /// A floating-point type by the name that people know.
  enum WeightType: String, CaseIterable, ExpressibleByArgument {
    case float64, float32, float16, bfloat16

    var type: DType {
      switch self {
      case .float64: .float64
      case .float32: .float32
      case .float16: .float16
      case .bfloat16: .bfloat16
      }
    }
  }

  /// A number of bytes as people write it.
  struct ByteSize: ExpressibleByArgument {
    let byteCount: Int

    init?(argument: String) {
      let digits = argument.prefix { $0.isASCII && $0.isNumber }
      let units = [
        "": 1, "B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "KIB": 1 << 10, "MIB": 1 << 20,
        "GIB": 1 << 30,
      ]
      guard let number = Int(digits), let unit = units[argument.dropFirst(digits.count).uppercased()] else {
        return nil
      }
      let (product, overflow) = number.multipliedReportingOverflow(by: unit)
      guard !overflow, product > 0 else { return nil }
      byteCount = product
    }
  }
#endif
