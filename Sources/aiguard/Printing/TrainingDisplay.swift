#if CLI
  import Platform
  import Training

  /// What people see of a run: on standard error one line that changes, where that is a terminal, and above it what stays.
  struct TrainingDisplay {
    private let isTerminal = Output.standardError.isTerminal
    private var isShown = false
    private var lastShown: ContinuousClock.Instant?

    mutating func show(_ event: TrainingEvent) {
      switch event {
      case .note(let text): say(text)
      case .progress(let progress):
        // Ten times a second is as often as anybody reads, and writing costs the run time.
        if let lastShown, lastShown.duration(to: .now) < .milliseconds(100), progress.step < progress.steps {
          return
        }
        lastShown = .now
        line(Self.text(of: progress))
      case .validation(let figures, let step, let isBest):
        say(
          "step \(step): validation loss \(Self.number(figures.loss, 4)), accuracy "
            + "\(Self.percent(figures.accuracy)), balanced \(Self.percent(figures.balancedAccuracy))"
            + (isBest ? ", the best so far" : ""))
      case .skipped(let file, let reason): say("left out: \(file): \(reason)")
      case .features(let done, let total): line("computing features: \(done) of \(total)")
      case .saved: break
      }
    }

    mutating func clear() {
      guard isShown else { return }
      Output.write("\r\u{1B}[K", to: .standardError)
      isShown = false
    }

    mutating func end(_ outcome: TrainingOutcome, folder: String) {
      let why = outcome.ending == .earlyStopping ? ", early, for want of better figures" : ""
      let left =
        outcome.skipped.isEmpty ? "" : "; \(outcome.skipped.count) files could not be read and were left out"
      say("done after \(outcome.steps) steps\(why): \(folder)\(left)")
    }

    private mutating func say(_ text: String) {
      clear()
      Output.write("aiguard: \(text.escaped)\n", to: .standardError)
    }

    private mutating func line(_ text: String) {
      guard isTerminal else { return }
      Output.write("\r\u{1B}[K" + text, to: .standardError)
      isShown = true
    }

    /// `step 120 of 3,126, epoch 0.08, loss 0.6113, accuracy 66.2 %, rate 5.0e-05, 840 images/s, 4 min left`
    static func text(of progress: TrainingProgress) -> String {
      "step \(progress.step) of \(progress.steps), epoch \(number(progress.epoch, 2)), "
        + "loss \(number(progress.loss, 4)), accuracy \(percent(progress.accuracy)), "
        + "rate \(scientific(progress.learningRate)), \(number(progress.imagesPerSecond, 0)) images/s, "
        + "\(duration(progress.secondsLeft)) left"
    }

    private static func percent(_ share: Double) -> String { number(share * 100, 1) + " %" }

    private static func number(_ value: Double, _ digits: Int) -> String { formatted("%.\(digits)f", value) }

    private static func scientific(_ value: Double) -> String { formatted("%.1e", value) }

    private static func formatted(_ format: String, _ value: Double) -> String {
      var buffer = [CChar](repeating: 0, count: 400)
      let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
      return String(decoding: buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func duration(_ seconds: Double) -> String {
      guard seconds.isFinite, seconds < 1e9 else { return "unknown time" }
      let whole = Int(seconds.rounded(.up))
      if whole < 60 { return "\(whole) s" }
      if whole < 3600 { return "\(whole / 60) min" }
      return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }
#endif
