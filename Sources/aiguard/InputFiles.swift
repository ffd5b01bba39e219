#if CLI
  import AIGuardVision

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// One thing to classify, or the reason why there is nothing to classify.
  enum Input {
    case file(String)
    case standardInput
    case failure(path: String, FailureReport)

    /// How it is called in the output.
    var name: String {
      switch self {
      case .file(let path), .failure(let path, _): path
      case .standardInput: "-"
      }
    }

    /// The inputs that the arguments stand for. A folder stands for its image files, in the order of
    /// their names; `-` for standard input.
    static func expand(_ arguments: [String], recursive: Bool) -> [Input] {
      arguments.flatMap { argument -> [Input] in
        if argument == "-" { return [.standardInput] }
        var status = stat()
        guard stat(argument, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
          // A file that is not there is reported when it is read, with the system's reason.
          return [.file(argument)]
        }
        let inputs = ImageFolder.inputs(in: argument, recursive: recursive)
        if !inputs.isEmpty { return inputs }
        let hint = recursive ? "" : " (folders inside it are read with --recursive)"
        let report = FailureReport(kind: "empty-folder", message: "no image files in it\(hint)")
        return [.failure(path: argument, report)]
      }
    }
  }
#endif
