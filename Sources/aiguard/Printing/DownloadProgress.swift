#if CLI && Hub
  import AIGuardVision
  import Platform

  /// How far a download is, on standard error where that is a terminal.
  final class DownloadProgress {
    private let isShown: Bool
    private var file = ""
    private var start = ContinuousClock.now
    /// What was there when the clock was started.
    private var base = 0
    private var hasLine = false

    init() {
      let disabled = getenv("HF_HUB_DISABLE_PROGRESS_BARS").map { String(cString: $0).uppercased() }
      isShown = Output.standardError.isTerminal && !["1", "ON", "YES", "TRUE"].contains(disabled ?? "")
    }

    func clear() {
      if hasLine { Output.write("\r\u{1B}[K", to: .standardError) }
      hasLine = false
    }

    func show(_ event: HubEvent) {
      switch event {
      case .progress(let file, let received, let total):
        if file != self.file || received < base {
          (self.file, start, base) = (file, .now, received)
        }
        guard isShown else { return }
        Output.write(
          "\r\u{1B}[K" + Self.line(file, received, total, base: base, start.duration(to: .now)),
          to: .standardError)
        hasLine = true
      case .downloaded(let file):
        clear()
        if isShown { Output.write("\(file.escaped): done\n", to: .standardError) }
      case .notReached(let reason):
        clear()
        Output.write("aiguard: using the cached model: \(reason.escaped)\n", to: .standardError)
      case .cached, .finished: break
      }
    }

    /// `model.safetensors  45 % [#########-----------] 155.9 of 346.4 MB, 12.3 MB/s, 15 s left`
    static func line(_ file: String, _ received: Int, _ total: Int?, base: Int, _ elapsed: Duration)
      -> String
    {
      let seconds = elapsed / .seconds(1)
      let rate = seconds > 0 ? Double(received - base) / seconds : 0
      var text = file.escaped + "  "
      if let total, total > 0 {
        let share = Double(received) / Double(total)
        let filled = min(20, Int(share * 20))
        text += "\(Int(share * 100)) % [" + String(repeating: "#", count: filled)
        text += String(repeating: "-", count: 20 - filled) + "] "
        text += "\(megabytes(received)) of \(megabytes(total)) MB"
      } else {
        text += "\(megabytes(received)) MB"
      }
      guard rate > 0 else { return text }
      text += ", \(megabytes(Int(rate))) MB/s"
      if let total { text += ", \(Int((Double(total - received) / rate).rounded(.up))) s left" }
      return text
    }
  }
#endif
