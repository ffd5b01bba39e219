import JSONText
import Platform

/// What is wrong with a configuration file.
public struct ConfigError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path of the file, or a name for the text it was read from.
  public let file: String
  /// What is wrong.
  public let problem: Problem

  /// The kinds of problems.
  public enum Problem: Sendable, Equatable {
    /// The file cannot be read.
    case unreadable(FileError)
    /// Something else is in the file's place.
    case standIn(FileStandIn)
    /// The text is not JSON.
    case invalidJSON(JSONError)
    /// The text is JSON, but no object.
    case notAnObject(found: String)
    /// The value of `key` is not what it must be.
    case invalidValue(key: String, expected: String, found: String)
    /// `key` is needed and missing.
    case missingKey(key: String, expected: String)
    /// The value of `key` asks for something that is not done here, and that would change the results.
    case unsupported(key: String, found: String, reason: String)
  }

  /// Makes an error.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  /// The problem's name without its details, for machine-readable reports.
  public var kind: String {
    switch problem {
    case .unreadable: "unreadable"
    case .standIn(let standIn): standIn.kind
    case .invalidJSON: "invalidJSON"
    case .notAnObject: "notAnObject"
    case .invalidValue: "invalidValue"
    case .missingKey: "missingKey"
    case .unsupported: "unsupported"
    }
  }

  /// One line for a person: file, key, what must stand there and what does.
  public var description: String {
    switch problem {
    case .unreadable(let error): "\(error)"
    case .standIn(let standIn): "\(file): \(standIn)"
    case .invalidJSON(let error): "\(file): \(error)"
    case .notAnObject(let found): "\(file): a configuration is a JSON object, this is \(found)"
    case .invalidValue(let key, let expected, let found):
      "\(file): \(key) must be \(expected), it is \(found)"
    case .missingKey(let key, let expected): "\(file): \(key) is missing; it must be \(expected)"
    case .unsupported(let key, let found, let reason):
      "\(file): \(key.printable): \(found) is not supported: \(reason)"
    }
  }
}
