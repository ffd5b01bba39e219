import JSONText
import Platform

/// Why a recipe cannot be followed.
public struct TrainingRecipeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// What is wrong with it.
  public let problem: Problem

  /// The kinds of problems.
  public enum Problem: Sendable, Equatable {
    /// The system could not read the file.
    case unreadable(FileError)
    /// It is no JSON.
    case invalidJSON(JSONError)
    /// It is not an object, or not a file of text at all.
    case notAnObject(found: String)
    /// A key that no recipe has; those that are known there are named.
    case unknownKey(String, known: [String])
    /// A key that stands there twice.
    case duplicateKey(String)
    /// A key without which there is no such object.
    case missingKey(String, expected: String)
    /// A value that the key cannot have.
    case invalidValue(key: String, expected: String, found: String)
    /// Two keys that cannot be together.
    case conflict(key: String, reason: String)
  }

  /// Names what is wrong with a recipe.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  /// One line for a person.
  public var description: String {
    let name = file.escaped
    switch problem {
    case .unreadable(let error): return "\(error)"
    case .invalidJSON(let error): return "\(name): \(error)"
    case .notAnObject(let found): return "\(name): a recipe is a JSON object, and this is \(found)"
    case .unknownKey(let key, let known):
      return "\(name): unknown key \"\(key.printable)\"; known are \(known.joined(separator: ", "))"
    case .duplicateKey(let key): return "\(name): the key \"\(key.printable)\" is there twice"
    case .missingKey(let key, let expected):
      return "\(name): the key \(key) is missing; it must be \(expected)"
    case .invalidValue(let key, let expected, let found):
      return "\(name): \(key) must be \(expected), and is \(found)"
    case .conflict(let key, let reason): return "\(name): \(key): \(reason)"
    }
  }
}
