#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform

  @main
  struct AIGuard: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "aiguard",
      abstract: "Tell real photographs from AI-generated images with a Vision Transformer.",
      discussion: """
        Exit codes: 0 all inputs done, 1 some inputs failed, 2 wrong usage, 3 the model could not be loaded.
        """,
      version: AIGuardVisionVersion.current,
      subcommands: [
        ClassifyCommand.self, CompareCommand.self, EmbedCommand.self, InspectCommand.self, InfoCommand.self,
        CalibrateCommand.self, TrainCommand.self, CrossValidateCommand.self, EvaluateCommand.self,
        ExplainCommand.self, VerifyCommand.self, WorkerCommand.self,
      ]
        + evidenceCommands + modelCommands)

    private static var evidenceCommands: [any ParsableCommand.Type] {
      #if Evidence
        [EvidenceCommand.self, ExamineCommand.self, ReportCommand.self]
      #else
        []
      #endif
    }

    private static var modelCommands: [any ParsableCommand.Type] {
      #if Hub
        [DownloadCommand.self, ConvertCommand.self, InspectModelCommand.self]
      #else
        [ConvertCommand.self, InspectModelCommand.self]
      #endif
    }

    static func main() {
      Output.prepare()
      do {
        var command: any ParsableCommand
        do {
          let arguments = Arguments.ofProcess
          try Arguments.check(
            arguments, commands: configuration.subcommands.compactMap { $0.configuration.commandName })
          command = try parseAsRoot(arguments)
        } catch { endProcess(Ending(parsing: error)) }
        try command.run()
      } catch {
        endProcess(Ending(running: error))
      }
    }

    /// How an error ends the process.
    struct Ending: Equatable {
      let code: Int32
      /// What is still to be said; nothing where a command has said it.
      var message: String?

      /// The end after `error` while the arguments were read.
      init(parsing error: any Error) { self.init(error, isUsage: true) }

      /// The end after `error` in a command: what goes wrong there is not the fault of the arguments.
      init(running error: any Error) { self.init(error, isUsage: error is ValidationError) }

      private init(_ error: any Error, isUsage: Bool) {
        if let error = error as? ExitCode {
          code = error.rawValue
        } else if exitCode(for: error).isSuccess {
          // Help and version are "errors" too.
          (code, message) = (0, fullMessage(for: error))
        } else if isUsage {
          let text = fullMessage(for: error)
          let hint = text.contains("Unknown option") ? "\n" + Arguments.hint : ""
          (code, message) = (Exit.usage.rawValue, (text + hint).escapedLines)
        } else {
          (code, message) = (Exit.someInputsFailed.rawValue, "aiguard: \("\(error)".escapedLines)")
        }
      }
    }
  }

  private func endProcess(_ ending: AIGuard.Ending) -> Never {
    if let message = ending.message {
      Output.write(message + "\n", to: ending.code == 0 ? .standardOutput : .standardError)
    }
    exit(ending.code)
  }

  /// What the process tells its caller.
  enum Exit {
    static let someInputsFailed = ExitCode(1)
    static let usage = ExitCode(2)
    static let modelNotLoaded = ExitCode(3)
  }
#else
  import Platform

  /// Who builds the library without its tool still builds this target: it has to link.
  @main
  struct AIGuard {
    static func main() {
      var message = "aiguard: built without the package trait CLI, so the tool can do nothing\n"
      message.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(2)
    }
  }
#endif
