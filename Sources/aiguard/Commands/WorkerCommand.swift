#if CLI
  import AIGuardVision
  import ArgumentParser
  import WorkerFrames

  struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "worker",
      abstract: "Classify images for another program.",
      discussion: """
        Images come on standard input and answers go to standard output, as frames of bytes; Docs/Worker.md has the \
        protocol. The first frame says which model answers and how. A bad image costs its own answer and nothing more. \
        The worker ends when its input does. Programs for Apache Spark and Ray are in Sources/Python.
        """)

    @OptionGroup var model: ModelOptions

    @OptionGroup var labels: LabelOptions

    @Option(
      name: .customLong("frame-limit"),
      help: ArgumentHelp("The most bytes of an image.", valueName: "bytes"))
    var frameLimit = 100_000_000

    #if Evidence
      @Flag(help: "Tell beside it what the file says of its origin, as examine does.")
      var evidence = false

      @OptionGroup var evidenceOptions: EvidenceOptions
    #endif

    func validate() throws {
      if !(1...Int(UInt32.max)).contains(frameLimit) {
        throw ValidationError("--frame-limit must be from 1 to \(UInt32.max)")
      }
    }

    func run() throws {
      let judge = try judge()
      let classifier = try model.load()
      try classifier.prepareAndWait()
      let provenance = classifier.provenance
      let hello = WorkerHello(
        model: try classifier.receiptModel(), labels: classifier.labels, profile: provenance.profile,
        policy: provenance.policy, precision: provenance.precision, kernels: provenance.kernels,
        threads: classifier.budget.threads, topK: labels.topK, functionToApply: labels.functionToApply,
        evidence: judge != nil, window: ImageWorker.window, frameLimit: frameLimit)
      try ImageWorker(classifier, hello: hello, judge: judge).run(
        FrameReader(descriptor: 0, limit: frameLimit))
    }

    /// What is told beside a result, if that is asked for.
    private func judge() throws -> ImageWorker.Judge? {
      #if Evidence
        guard evidence else { return nil }
        let reader = try evidenceOptions.reader()
        return { bytes, result in
          Examination(classification: result, evidence: evidenceOptions.report(bytes, by: reader))
        }
      #else
        return nil
      #endif
    }
  }

  /// The first frame.
  struct WorkerHello: Encodable {
    let `protocol` = WorkerFrame.version
    let version = AIGuardVisionVersion.current
    let model: Receipt.Model
    /// In the model's order.
    let labels: [String]
    let profile: PreprocessingProfile
    let policy: InputPolicy
    let precision: Precision
    let kernels: KernelLevel
    let threads: Int
    let topK: Int
    let functionToApply: ClassificationFunction?
    let evidence: Bool
    /// Unanswered images that there may be without anybody waiting for anybody.
    let window: Int
    let frameLimit: Int
  }
#endif
