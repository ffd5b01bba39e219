import Checkpoint
import Platform

/// Why a run cannot begin, go on or end.
public enum TrainingRunError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The folder has an unfinished run, and nobody asked to go on with it.
  case unfinished(folder: String)
  /// The folder has a model.
  case hasModel(folder: String)
  /// The run that is to be gone on with is another one; what differs is named.
  case otherRun(folder: String, what: String, was: String, now: String)
  /// The saved state is not one that a run wrote.
  case invalidState(file: String, reason: String)
  /// The log that the saved state belongs to is not there, or not all of it.
  case logIsGone(file: String, reason: String)
  /// The model is for something that a label a picture cannot teach.
  case unsupportedModel(reason: String)
  /// There is nothing to learn to tell apart.
  case oneLabel(String)
  /// A label of the model's, or of the data, has no images to learn from.
  case noTrainingImages(label: String)
  /// A label has no images to be judged.
  case noValidationImages(label: String)
  /// The validation is to be grouped by source, and an image has none.
  case noSource(image: String)
  /// None of the images could be read; some are named.
  case noImages(files: [String])
  /// Another process has the run.
  case inUse(folder: String)
  /// A loss, a gradient or a value that is no number. The state that was saved last is from before this step: the one
  /// right before it, but where the step has already spoilt the values.
  case notFinite(step: Int, reason: String, files: [String])
  /// The kept features are of another run, or damaged.
  case invalidFeatures(file: String, reason: String)

  /// One line for a person: what is wrong, and what to do.
  public var description: String {
    func list(_ names: [String]) -> String { names.map(\.escaped).joined(separator: ", ") }
    switch self {
    case .unfinished(let folder):
      return "\(folder.escaped) has an unfinished run: go on with it (--resume), or name another folder"
    case .hasModel(let folder): return "\(folder.escaped) has a model already: name another folder"
    case .otherRun(let folder, let what, let was, let now):
      return
        "\(folder.escaped) has a run with another \(what): it was begun with \(was.escaped), and this is "
        + "\(now.escaped); go on with what it was begun with, or name another folder"
    case .invalidState(let file, let reason):
      return "\(file.escaped): no run can be gone on with from this: \(reason.escaped)"
    case .logIsGone(let file, let reason):
      return "\(file.escaped): the log of the run so far is not there: \(reason.escaped)"
    case .unsupportedModel(let reason): return reason.escaped
    case .oneLabel(let label):
      return "all images have the label \(label.escaped): there is nothing to tell apart"
    case .noTrainingImages(let label): return "there is no image of \(label.escaped) to learn from"
    case .noValidationImages(let label):
      return "the validation has no image of \(label.escaped): give it a larger fraction, or other groups"
    case .noSource(let image):
      return "\(image.escaped) has no source, and the validation is to be grouped by it"
    case .noImages(let files):
      return "none of the images could be read, such as \(list(files))"
    case .inUse(let folder):
      return "\(folder.escaped): another process is teaching a model in this folder"
    case .notFinite(let step, let reason, let files):
      return
        "step \(step): \(reason.escaped); the state that was saved last is from before it; the images of the step were "
        + list(files)
    case .invalidFeatures(let file, let reason):
      return
        "\(file.escaped): these features cannot be used: \(reason.escaped); remove the file to have them computed anew"
    }
  }
}
