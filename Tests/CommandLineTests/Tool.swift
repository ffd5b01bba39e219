import Foundation
import Testing

/// The built executable, run as a user runs it.
enum Tool {
  /// Whether it does anything: the package can be built without its tool.
  static var isBuilt: Bool {
    #if CLI
      true
    #else
      false
    #endif
  }

  /// What a run left behind.
  struct Outcome {
    let status: Int32
    /// Whether it ended of its own will, and not by a signal.
    let hasExited: Bool
    let bytes: Data
    let errors: String

    /// What is on standard output, as text.
    var output: String { String(decoding: bytes, as: UTF8.self) }

    /// The output as JSON Lines.
    var lines: [[String: Any]] {
      get throws {
        try output.split(separator: "\n").map {
          try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
      }
    }

    /// The kinds of the failures among the lines; nil for a result.
    var kinds: [String?] {
      get throws { try lines.map { ($0["error"] as? [String: String])?["kind"] } }
    }

    /// The files of the lines, without the folder that the test made.
    func files(in folder: URL) throws -> [String] {
      try lines.map { ($0["file"] as? String ?? "").replacing(folder.path + "/", with: "") }
    }
  }

  /// One of the two streams that a reader can turn away from.
  enum Stream {
    case output
    case errors
  }

  /// It lies beside the test bundle.
  private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("aiguard")

  static func run(_ arguments: String..., input: [UInt8] = []) throws -> Outcome {
    try run(arguments, input: input)
  }

  /// Runs a script whose `$tool` is the tool: arguments that are not UTF-8 come from nowhere else.
  static func shell(_ script: String, in folder: URL, environment: [String: String] = [:]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      .merging(["tool": executable.path]) { $1 }
    return try outcome(of: process)
  }

  /// Runs the tool as it is called without a `--model`, by arguments with the small built-in model in its place: what is
  /// tested of the tool does not hang on the model, and the one that it takes by default is a hundred times slower.
  private static func onSmallModel(_ arguments: [String]) -> [String] {
    guard let command = arguments.first,
      ["classify", "embed", "evaluate", "info", "inspect"].contains(command),
      !arguments.contains("--model")
    else { return arguments }
    return [command, "--model", "builtin:cifake"] + arguments.dropFirst()
  }

  /// - Parameters:
  ///   - usesDefaultModel: Whether arguments without a `--model` stay so.
  ///   - unread: Streams whose reader is gone before the tool starts.
  ///   - redirection: For a shell to apply, as `2>&-`.
  ///   - shellPrefix: For a shell to do first, as `ulimit -f 10; exec env`.
  static func run(
    _ arguments: [String], usesDefaultModel: Bool = false, input: [UInt8] = [],
    environment: [String: String] = [:],
    unread: Set<Stream> = [], redirection: String? = nil, shellPrefix: String? = nil
  ) throws -> Outcome {
    let process = process(
      usesDefaultModel ? arguments : onSmallModel(arguments), environment: environment,
      redirection: redirection, shellPrefix: shellPrefix)
    return try outcome(of: process, input: input, unread: unread)
  }

  private static func outcome(
    of process: Process, input: [UInt8] = [], unread: Set<Stream> = []
  ) throws -> Outcome {
    let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = errors
    if unread.contains(.output) { try output.fileHandleForReading.close() }
    if unread.contains(.errors) { try errors.fileHandleForReading.close() }
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: input)
    try standardInput.fileHandleForWriting.close()
    // Outputs here are far smaller than a pipe's buffer, so reading one after the other cannot block.
    let text = unread.contains(.output) ? nil : try output.fileHandleForReading.readToEnd()
    let complaints = unread.contains(.errors) ? nil : try errors.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, hasExited: process.terminationReason == .exit,
      bytes: text ?? Data(),
      errors: String(decoding: complaints ?? Data(), as: UTF8.self))
  }

  /// A process to be started, its streams not yet connected.
  static func process(
    _ arguments: [String], environment: [String: String] = [:], redirection: String? = nil,
    shellPrefix: String? = nil
  ) -> Process {
    let process = Process()
    if redirection != nil || shellPrefix != nil {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      let command = "\(shellPrefix ?? "exec") \"$0\" \"$@\" \(redirection ?? "")"
      process.arguments = ["-c", command, executable.path] + arguments
    } else {
      process.executableURL = executable
      process.arguments = arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    return process
  }
}
