#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform

  /// Why there is no model of a name.
  enum ModelNotFound: Error, CustomStringConvertible {
    /// Neither a folder is there, nor did the Hub have it or answer.
    case noFolder(String, any Error)
    case notAFolder(String)
    /// A URL, and what to do instead.
    case url(String, String)
    /// Ctrl-C, or a request to end.
    case interrupted(String)

    var description: String {
      switch self {
      case .noFolder(let name, let error):
        "there is no folder \"\(name.printable)\", and as a model's id on the Hub: \(error)"
      case .notAFolder(let name):
        "\"\(name.printable)\" is a file, and a model is a folder with its configuration beside the weights"
      case .interrupted(let name):
        "the download of \(name.printable) was interrupted; it begins anew with the next"
      case .url(let name, let advice): "\"\(name.printable)\": \(advice)"
      }
    }
  }

  /// A model as it is named on the command line: a folder, or an id on the Hub.
  enum ModelLocation {
    /// The model's folder, and the id to name it by where it has one. What the cache of the Hub does not have is
    /// downloaded.
    ///
    /// - Throws: `ModelNotFound`, `FileError`, `HubError`, `CheckpointError`.
    static func find(_ name: String, revision: String?) throws -> (folder: String, id: String?) {
      switch FileKind(of: name) {
      case .folder: return (name, nil)
      case .file, .other: throw ModelNotFound.notAFolder(name)
      // What may be there and may not be looked at is not asked for elsewhere.
      case .unknown(let code): throw FileError(path: name, reason: .system(call: "stat", code: code))
      case .missing:
        // No model of the Hub is called like a file of weights that is read.
        if [".safetensors", ".bin", ".json"].contains(where: name.hasSuffix) {
          throw FileError(path: name, reason: .system(call: "stat", code: ENOENT))
        }
      }
      if let advice = URLArgument.modelAdvice(name) { throw ModelNotFound.url(name, advice) }
      #if Hub
        do {
          return (try download(name, revision: revision ?? "main"), name)
        } catch HubError.invalidRepositoryID(let id) {
          // This says that it is no folder.
          throw HubError.invalidRepositoryID(id)
        } catch let error as HubError {
          throw ModelNotFound.noFolder(name, error)
        }
      #else
        return (name, nil)
      #endif
    }

    #if Hub
      /// The folder in the cache with a model of the Hub, which is brought there where it is not, for people to watch
      /// and to interrupt.
      ///
      /// - Throws: `HubError`, `CheckpointError`, `ModelNotFound`.
      static func download(_ id: String, revision: String) throws -> String {
        let bar = DownloadProgress()
        defer { bar.clear() }
        let interruption = Interruption()
        defer { interruption.end() }
        do {
          return try ModelHub().folder(
            of: id, revision: revision, isCancelled: { Interruption.isRequested }, report: bar.show)
        } catch is CancellationError {
          throw ModelNotFound.interrupted(id)
        }
      }
    #endif
  }

  #if Hub
    /// Ctrl-C ends a download by the front door: what is half there goes.
    struct Interruption {
      // Written by a signal handler, which may touch little else.
      nonisolated(unsafe) private static var flag: sig_atomic_t = 0

      static var isRequested: Bool { flag != 0 }

      init() {
        for number in [SIGINT, SIGTERM] { signal(number) { _ in Interruption.flag = 1 } }
      }

      func end() {
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
      }
    }

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

  /// A number of bytes in megabytes, with one decimal.
  func megabytes(_ byteCount: Int) -> String {
    let tenths = Int((Double(byteCount) / 100_000).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
#endif
