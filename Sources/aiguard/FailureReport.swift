#if CLI
  import AIGuardVision
  import Platform

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// Why an input gave no result.
  ///
  /// The kinds are for programs to act on:
  ///
  /// | kind | when |
  /// |---|---|
  /// | `not-an-image`, `unsupported-format`, `unsupported-variant`, `truncated`, `corrupt` | `ImageError.kind` |
  /// | `limit-exceeded` | the image, or what it would become, is larger than is allowed |
  /// | `out-of-memory` | the system gave no memory for it |
  /// | `empty-output` | the image is so narrow that it would be resized to nothing |
  /// | `unreadable-file` | the system's reason, also for a folder; a URL, which is not fetched |
  /// | `empty-folder` | a folder without image files |
  /// | `model` | image processor and network do not fit together, or the network failed |
  /// | `internal` | anything else: a mistake in this program |
  struct FailureReport: Encodable {
    let kind: String
    let message: String

    init(kind: String, message: String) {
      self.kind = kind
      self.message = message.showingPathBytes
    }

    init(_ error: any Error) {
      let kind =
        switch error {
        case let error as ImageError: error.kind
        case let error as PreprocessingError: error.kind
        case is FileError: "unreadable-file"
        case TensorError.outOfMemory: "out-of-memory"
        case let error as ImageClassifierError: error.kind
        case is ViTError: "model"
        default: "internal"
        }
      self.init(kind: kind, message: "\(error)")
    }

    /// Says it to people.
    func show(_ file: String) {
      // No path is longer: only a URL that holds its data can be.
      let shown = file.utf8.count > 4096 ? file.printable : file.escaped
      let name = shown.isEmpty ? "\"\"" : shown
      // What the system said names the file already.
      let known = (file.isEmpty ? name : file.showingPathBytes) + ": "
      let reason = message.hasPrefix(known) ? String(message.dropFirst(known.count)) : message
      Output.write("aiguard: \(name): \(reason.escaped)\n", to: .standardError)
    }
  }

  /// The JSON line of an input that gave no result.
  struct FailureLine: Encodable {
    let file: String
    let fileBytes: String?
    let error: FailureReport

    init(file: String, error: FailureReport) {
      self.file = file.showingPathBytes
      fileBytes = file.pathBytesForJSON
      self.error = error
    }
  }

  extension String {
    /// The bytes of a name that is not UTF-8, in base64: what `file` shows of it may be another file's name.
    var pathBytesForJSON: String? {
      hasPathBytes ? pathBytes.map { Data($0).base64EncodedString() } : nil
    }
  }
#endif
