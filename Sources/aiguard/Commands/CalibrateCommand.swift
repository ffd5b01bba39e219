#if CLI
  import AIGuardVision
  import ArgumentParser
  import Checkpoint
  import Datasets
  import Evaluation
  import Platform

  struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "calibrate", abstract: "Fit what makes verdicts of a model's scores: calibration.json.",
      discussion: """
        The images must be such as the model was not taught on. Fitted are a temperature and a bias, and the band of scores \
        of which neither real nor fake is said: of images like these at most the error rate of the photographs is then \
        called fake, and of the generated images real. The file belongs to these weights alone.

        What the model was taught on (--smallest-side and what follows) nobody can see from its weights: images that are \
        none of these are unsure, and are left out here. Without these options it stays what the file says.
        """)

    @Option(
      help: ArgumentHelp(
        "Labelled images: a folder, a zip archive or a list in CSV.", valueName: "folder or file"))
    var data: String

    @Option(
      help: ArgumentHelp(
        "The model: a folder, an id on the Hub, or a built-in one.", valueName: "folder or id"))
    var model: String

    @Option(help: ArgumentHelp("The part of the data to fit on, such as val.", valueName: "name"))
    var split: String?

    @Option(
      name: .customLong("positive"),
      help: ArgumentHelp(
        "A label of the data that means that an image was generated, where its spelling does not say so. May be given "
          + "several times.", valueName: "label"))
    var positiveLabels: [String] = []

    @Option(
      name: .customLong("generated-label"),
      help: ArgumentHelp(
        "A label of the model that means that an image was generated, to be kept in the file. May be given several times.",
        valueName: "label"))
    var generatedLabels: [String] = []

    @Option(
      help: ArgumentHelp(
        "The share of the photographs that may be called fake, and of the generated images real.",
        valueName: "rate"))
    var errorRate = 0.02

    @Option(
      help: ArgumentHelp(
        "The same for images of sources that are not in the data: the band becomes as wide as that asks.",
        valueName: "rate"))
    var sourceErrorRate: Double?

    @Option(help: ArgumentHelp("The day, to be kept in the file.", valueName: "YYYY-MM-DD"))
    var date: String?

    @Option(
      help: ArgumentHelp("The fewest pixels of a side that the model was taught on.", valueName: "pixels"))
    var smallestSide: Int?

    @Option(help: ArgumentHelp("The most pixels of a side.", valueName: "pixels"))
    var largestSide: Int?

    @Option(help: ArgumentHelp("The longer side divided by the shorter one, at most.", valueName: "ratio"))
    var longestAspect: Double?

    @Option(
      name: .customLong("format"),
      help: ArgumentHelp(
        "A format that the model was taught on, such as JPEG. May be given several times.",
        valueName: "format"))
    var formats: [ImageFormat] = []

    @Flag(help: "The model was taught on colours alone.")
    var noGrey = false

    @Option(
      help: ArgumentHelp(
        "Where to write; by default calibration.json in the model's folder, which is replaced as a whole.",
        valueName: "file"))
    var out: String?

    @Option(help: "Threads to compute on, at most 1024; by default what this process may use.")
    var threads: Int?

    func validate() throws {
      try ModelOptions.check(threads: threads)
      for (name, rate) in [("--error-rate", errorRate), ("--source-error-rate", sourceErrorRate ?? 0.5)]
      where !(rate > 0 && rate < 1) {
        throw ValidationError("\(name) must be between 0 and 1")
      }
      if out == nil, model.hasPrefix(BuiltInModel.prefix) {
        throw ValidationError("--out says where to write: a built-in model has no folder")
      }
    }

    func run() throws {
      let (classifier, folder) = try load()
      let old = try folder.flatMap { try CalibrationFile(folder: ModelFolder($0)) }
      let domain = domain ?? old?.calibration?.domain ?? classifier.calibration?.domain
      var dataset = try ImageDataset(path: data)
      if let split { dataset = try dataset.selecting(split: split) }
      var progress = Progress(total: dataset.records.count)
      let found = try CalibrationData.collect(
        dataset, classifier: classifier, positiveLabels: positiveLabels, domain: domain
      ) { progress.advance(by: $0) }
      progress.clear()
      for (name, error) in found.failures { FailureReport(error).show(name) }
      let calibration = try Calibration.fitted(
        to: found.samples, weightsSHA256: classifier.identity.sha256, dataSHA256: found.sha256,
        errorRate: errorRate, sourceErrorRate: sourceErrorRate, domain: domain, date: date)
      let file = CalibrationFile(
        generatedLabels: generatedLabels.isEmpty ? old?.generatedLabels : generatedLabels,
        calibration: calibration)
      let path = out ?? ModelFolder(folder ?? ".").calibrationPath
      try OutputFile.replace(path, with: file.text)
      show(calibration, found, path)
      if !found.failures.isEmpty { throw Exit.someInputsFailed }
    }

    /// What was said of the model's training; `nil` where nothing was.
    private var domain: ImageDomain? {
      let domain = ImageDomain(
        smallestSide: smallestSide, largestSide: largestSide, longestAspect: longestAspect,
        formats: formats.isEmpty ? nil : formats, includesGrey: !noGrey)
      return domain == ImageDomain() ? nil : domain
    }

    /// Loads the model whatever its calibration says, or ends the process saying why it cannot.
    private func load() throws -> (ImageClassifier, folder: String?) {
      let budget = ModelOptions.budget(threads: threads)
      do {
        if let builtIn = try BuiltInModel(named: model) {
          return (
            try builtIn.load(profile: .pillow13, policy: .asStored, precision: .float32, budget: budget), nil
          )
        }
        let place = try ModelArgument.find(model, revision: nil, weights: nil, base: nil)
        let classifier = try ImageClassifier.uncalibrated(
          folder: place.folder, weightsFile: nil, baseFolder: place.base, id: place.id,
          generatedLabels: generatedLabels.isEmpty ? nil : generatedLabels, profile: .pillow13,
          policy: .asStored, precision: .float32, budget: budget)
        _ = try classifier.generatedLabels
        return (classifier, place.folder)
      } catch {
        Output.write(
          "aiguard: cannot load the model: \("\(error)".escapedLines)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }

    /// What came out, with how often it would have been wrong on the very images that it was fitted on.
    private func show(_ calibration: Calibration, _ data: CalibrationData, _ path: String) {
      var rows = [
        (
          "images",
          "\(calibration.fit.realCount) photographs, \(calibration.fit.fakeCount) generated"
            + (data.outsideCount > 0
              ? "; \(data.outsideCount) left out, unlike what the model was taught on" : "")
            + (data.failures.isEmpty ? "" : "; \(data.failures.count) failed")
        ), ("list", "sha256 \(data.sha256)"), ("temperature", "\(calibration.temperature)"),
        ("bias", "\(calibration.bias)"), ("verdict", calibration.summary),
      ]
      for (name, isGenerated) in [("photographs", false), ("generated", true)] {
        let verdicts = data.samples.filter { $0.isGenerated == isGenerated }.map {
          let score = calibration.score(logOdds: $0.logOdds)
          return calibration.unsure.contains(score) ? 2 : score > calibration.unsure.upperBound ? 1 : 0
        }
        let counts = (0..<3).map { verdict in verdicts.count { $0 == verdict } }
        rows.append((name, "\(counts[0]) real, \(counts[1]) fake, \(counts[2]) unsure"))
      }
      rows.append(("written", path))
      let width = rows.map { $0.0.count }.max() ?? 0
      for (name, value) in rows {
        Output.write("\(name.padded(to: width))  \(value.escaped)\n", to: .standardOutput)
      }
    }
  }

  extension ImageFormat: ExpressibleByArgument {
    /// In any case.
    public init?(argument: String) { self.init(rawValue: argument.uppercased()) }

    /// Nothing: the help text of the option says it.
    public static var allValueStrings: [String] { [] }
    /// Nothing.
    public static var allValueDescriptions: [String: String] { [:] }
  }
#endif
