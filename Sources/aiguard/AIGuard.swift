#if CLI
  import AIGuardVision
  import ArgumentParser

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  @main
  struct AIGuard: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "aiguard",
      abstract: "Tell real photographs from AI-generated images with a Vision Transformer.",
      discussion: """
        Exit codes: 0 all inputs done, 1 some inputs failed, 2 wrong usage, 3 the model could not be loaded.
        """,
      version: AIGuardVisionVersion.current,
      subcommands: [ClassifyCommand.self, InspectCommand.self, InfoCommand.self])

    static func main() {
      do {
        var command = try parseAsRoot()
        try command.run()
      } catch {
        // Help and version are "errors" with success as their code; everything else that the parser
        // finds wrong is wrong usage.
        let code = exitCode(for: error)
        if error is ExitCode { endProcess(code.rawValue) }
        let message = fullMessage(for: error)
        Output.write(message + "\n", to: code.isSuccess ? .standardOutput : .standardError)
        endProcess(code.isSuccess ? 0 : Exit.usage.rawValue)
      }
    }
  }

  /// `exit` inside a command means the argument parser's.
  private func endProcess(_ code: Int32) -> Never { exit(code) }

  /// What the process tells its caller.
  enum Exit {
    static let someInputsFailed = ExitCode(1)
    static let usage = ExitCode(2)
    static let modelNotLoaded = ExitCode(3)
  }
#endif
