#if CLI
  import AIGuardVision

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
  /// | `unreadable-file` | the system's reason, or a name that is not UTF-8; also for a folder |
  /// | `empty-folder` | a folder without image files |
  /// | `model` | image processor and network do not fit together, or the network failed |
  /// | `internal` | anything else: a mistake in this program |
  struct FailureReport: Encodable {
    let kind: String
    let message: String

    init(kind: String, message: String) {
      self.kind = kind
      self.message = message
    }

    init(_ error: any Error) {
      message = "\(error)"
      kind =
        switch error {
        case let error as ImageError: error.kind
        case let error as PreprocessingError: error.kind
        case is FileError: "unreadable-file"
        case TensorError.outOfMemory: "out-of-memory"
        case let error as ImageClassifierError: error.kind
        case is ViTError: "model"
        default: "internal"
        }
    }

    /// Says it to people.
    func show(_ file: String) {
      Output.write("aiguard: \(file.escaped): \(message.escaped)\n", to: .standardError)
    }
  }

  /// The JSON line of an input that gave no result.
  struct FailureLine: Encodable {
    let file: String
    let error: FailureReport
  }
#endif
