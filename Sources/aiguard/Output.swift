#if CLI
  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif
  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// Writing to the process's streams.
  enum Output: Int32 {
    case standardOutput = 1
    case standardError = 2

    /// Whether a person looks at it.
    var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Writes the whole text. A reader that went away ends the process through SIGPIPE, as it does for
    /// other tools; any other failure (a full disk) must not look like success.
    static func write(_ text: String, to output: Output) {
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { buffer in
          #if canImport(Darwin)
            Darwin.write(output.rawValue, buffer.baseAddress, buffer.count)
          #elseif canImport(Musl)
            Musl.write(output.rawValue, buffer.baseAddress, buffer.count)
          #else
            Glibc.write(output.rawValue, buffer.baseAddress, buffer.count)
          #endif
        }
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno != EINTR {
          if output == .standardOutput {
            write("aiguard: cannot write: \(String(cString: strerror(errno)))\n", to: .standardError)
          }
          exit(Exit.someInputsFailed.rawValue)
        }
      }
    }

    /// One JSON object on a line of its own.
    static func json(_ value: some Encodable) throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n", to: .standardOutput)
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
