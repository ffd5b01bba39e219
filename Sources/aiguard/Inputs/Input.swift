#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform

  /// One thing to classify, or the reason why there is nothing to classify.
  enum Input {
    case file(String)
    case standardInput
    case failure(path: String, FailureReport)

    /// What one argument stands for that is no folder: a file, `-` for standard input, or a URL, which is a failure.
    init(_ argument: String) {
      if argument == "-" {
        self = .standardInput
      } else if let failure = URLArgument.failure(argument) {
        self = .failure(path: argument, failure)
      } else {
        // A file that is not there is reported when it is read, with the system's reason.
        self = .file(argument)
      }
    }

    /// How it is called in the output.
    var name: String {
      switch self {
      case .file(let path), .failure(let path, _): path
      case .standardInput: "-"
      }
    }

    /// The bytes of the file.
    ///
    /// - Throws: The `FailureReport` of a failure; as `ImageFile.read(_:limits:)`.
    func bytes(limits: DecodeLimits) throws -> [UInt8] {
      switch self {
      case .failure(_, let report): throw report
      case .standardInput: try ImageFile.standardInput(limits: limits)
      case .file(let path): try ImageFile.read(path, limits: limits)
      }
    }

    #if Evidence
      /// The file of the same name with the extension `.c2pa`, where a manifest store may be; nil where there is none.
      func sidecar(limit: Int) throws(FileError) -> [UInt8]? {
        guard case .file(let path) = self, let dot = path.lastIndex(of: "."), !path[dot...].contains("/")
        else {
          return nil
        }
        let name = "\(path[..<dot]).c2pa"
        return FileKind(of: name) == .file ? try FileContents.read(name, limit: limit) : nil
      }
    #endif

    /// Does something with each input. What fails is said, and the others go on; then the process ends as it does where some
    /// inputs failed.
    static func forEach(_ inputs: [Input], json: Bool, _ body: (Input) throws -> Void) throws {
      var failed = false
      for input in inputs {
        do { try body(input) } catch {
          failed = true
          try FailureReport.show(error, of: input.name, json: json)
        }
      }
      if failed { throw Exit.someInputsFailed }
    }

    /// Refuses arguments that stand for nothing, or for standard input twice.
    static func check(_ arguments: [String]) throws {
      if arguments.isEmpty {
        throw ValidationError("name at least one file or folder, or - for standard input")
      }
      if arguments.filter({ $0 == "-" }).count > 1 { throw ValidationError("- can be named once") }
    }

    /// The inputs that the arguments stand for. A folder stands for its image files, in the order of
    /// their names; `-` for standard input. How many other files a folder has is said on standard error.
    static func expand(_ arguments: [String], recursive: Bool) -> [Input] {
      arguments.flatMap { argument -> [Input] in
        guard argument != "-", FileKind(of: argument) == .folder else { return [Input(argument)] }
        let content = ImageFolder.content(of: argument, recursive: recursive)
        if content.passedOver > 0 {
          let files =
            content.passedOver == 1
            ? "1 file that is no image" : "\(content.passedOver) files that are no images"
          Output.write("aiguard: \(argument.escaped): passed over \(files)\n", to: .standardError)
        }
        if !content.inputs.isEmpty { return content.inputs }
        let hint = recursive ? "" : " (folders inside it are read with --recursive)"
        let report = FailureReport(kind: "empty-folder", message: "no image files in it\(hint)")
        return [.failure(path: argument, report)]
      }
    }
  }
#endif
