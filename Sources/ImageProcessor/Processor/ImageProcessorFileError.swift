/// What is wrong with the files that say how images become pixel values.
public struct ImageProcessorFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// What is wrong.
  public let problem: Problem

  /// The kinds of problems.
  public enum Problem: Sendable, Equatable {
    /// The folder has no such file.
    case noFile(folder: String)
    /// The configuration cannot be used.
    case invalid(ImageProcessorConfigError)
  }

  /// Makes an error.
  public init(file: String, problem: Problem) {
    self.file = file
    self.problem = problem
  }

  /// The problem's name without its details, in lower case with hyphens, for machine-readable reports.
  public var kind: String {
    switch problem {
    case .noFile: "no-file"
    case .invalid: "invalid"
    }
  }

  /// One line for a person: the file, what is wrong, and what to do where there is something.
  public var description: String {
    switch problem {
    case .noFile(let folder):
      "\(folder): there is no preprocessor_config.json, which says how images become pixel values: copy the one of the "
        + "model that this one was made from, or save the image processor into the folder in Python"
    case .invalid(let error): "\(file): \(error)"
    }
  }
}
