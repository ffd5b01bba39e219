import Checkpoint
import Platform

/// Why a teacher's logits cannot be learnt from.
public enum TeacherError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The system could not read the file.
  case unreadable(FileError)
  /// A line of the file is no result of `aiguard classify --json` with a logit for each label.
  case invalidLine(file: String, line: Int, reason: String)
  /// A safetensors file has not what a teacher's must have.
  case invalidTensor(file: String, reason: String)
  /// The labels of the teacher are not those that are learnt.
  case otherLabels(file: String, line: Int?, found: [String], expected: [String])
  /// Two results have the same name, so that it is not known which is whose.
  case ambiguous(image: String, teacher: [String])
  /// One result would be that of two images.
  case ambiguousResult(teacher: String, images: [String])
  /// Images that no file has a result for; some are named.
  case missing(count: Int, of: Int, images: [String])

  /// One line for a person: what is wrong, where, and what to do.
  public var description: String {
    func list(_ names: [String]) -> String { names.map(\.escaped).joined(separator: ", ") }
    switch self {
    case .unreadable(let error): return "the teacher's logits: \(error)"
    case .invalidLine(let file, let line, let reason):
      return "\(file.escaped): line \(line): \(reason.escaped)"
    case .invalidTensor(let file, let reason): return "\(file.escaped): \(reason.escaped)"
    case .otherLabels(let file, let line, let found, let expected):
      return
        "\(file.escaped)\(line.map { ": line \($0)" } ?? ""): the teacher's labels are \(list(found)), and those "
        + "that are learnt \(list(expected)): every one must have a logit (aiguard classify --top-k)"
    case .ambiguous(let image, let teacher):
      return
        "\(image.escaped) could be any of the teacher's \(list(teacher)): say with \"images\" which file is about "
        + "which folder"
    case .ambiguousResult(let teacher, let images):
      return
        "the teacher's result for \(teacher.escaped) could be that of \(list(images)): say with \"images\" which "
        + "file is about which folder"
    case .missing(let count, let total, let images):
      return "the teacher has no logits for \(count) of \(total) images, such as \(list(images))"
    }
  }
}
