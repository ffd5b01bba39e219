#if CLI
  import JSONText
  import Platform

  /// Writing to the process's streams.
  enum Output: Int32 {
    case standardOutput = 1
    case standardError = 2

    /// Whether a person looks at it.
    var isTerminal: Bool { isatty(rawValue) == 1 }

    /// To be called before anything else is done with files.
    static func prepare() {
      // A reader that went away is an error to look at, not the end: who closes our standard error still
      // wants the results.
      signal(SIGPIPE, SIG_IGN)
      // Where the caller closed one of the three streams, the next file to be opened would take its
      // number. These stand-ins fail as the closed stream would: they are open the wrong way round.
      for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
        _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
      }
    }

    /// Writes the whole text. Results that cannot be written (a full disk, a reader that went away) must
    /// not look like success and end the process; messages that nobody can read are dropped.
    static func write(_ text: String, to output: Output) { write(Array(text.utf8), to: output) }

    /// Writes all bytes; as `write(_:to:)` for text.
    static func write(_ bytes: [UInt8], to output: Output) {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { writeOnce($0, to: output) }
        if count >= 0 {
          rest = rest.dropFirst(count)
          continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN, EWOULDBLOCK:
          // Somebody made the pipe non-blocking, and it is full.
          var wait = pollfd(fd: output.rawValue, events: Int16(POLLOUT), revents: 0)
          _ = poll(&wait, 1, -1)
        case let code:
          guard output == .standardOutput else { return }
          write("aiguard: cannot write: \(String(cString: strerror(code)))\n", to: .standardError)
          exit(Exit.someInputsFailed.rawValue)
        }
      }
    }

    private static func writeOnce(_ bytes: UnsafeRawBufferPointer, to output: Output) -> Int {
      systemWrite(output.rawValue, bytes.baseAddress, bytes.count)
    }

    /// One JSON object on a line of its own.
    static func json(_ value: some Encodable) throws {
      write(try jsonBytes(value) + [UInt8(ascii: "\n")], to: .standardOutput)
    }

    /// JSON as every command writes it: one line, the keys in one order.
    static func jsonBytes(_ value: some Encodable) throws -> [UInt8] {
      try JSONLineEncoder.bytes(of: value)
    }
  }

  /// How far a long job has come, on standard error when that is a terminal.
  struct Progress {
    private let total: Int
    private let start = ContinuousClock.now
    private var done = 0
    private var isShown = false

    init(total: Int) { self.total = total }

    /// Takes the line away, so that other output can be written.
    mutating func clear() {
      guard isShown else { return }
      Output.write("\r\u{1B}[K", to: .standardError)
      isShown = false
    }

    /// Counts `count` more, and shows it once the job has taken more than a moment.
    mutating func advance(by count: Int) {
      done += count
      let elapsed = start.duration(to: .now)
      guard elapsed > .milliseconds(500), total > done, Output.standardError.isTerminal else { return }
      let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
      let rate = Double(done) / seconds
      let left = Int((Double(total - done) / rate).rounded(.up))
      Output.write(
        "\r\u{1B}[K\(done) of \(total) files, \(Int(rate.rounded())) a second, \(left) s left",
        to: .standardError)
      isShown = true
    }
  }
#endif
