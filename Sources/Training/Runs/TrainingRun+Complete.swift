import Checkpoint
import JSONText
import Platform

extension TrainingRun {
  /// What came of the run whose model is in the folder already.
  ///
  /// - Throws: `TrainingRunError` where it is the model of another run.
  func completed(report: (TrainingEvent) -> Void) throws -> TrainingOutcome {
    let path = folder.reportPath
    func invalid(_ reason: String) -> TrainingRunError { .invalidState(file: path, reason: reason) }
    guard let object = try PretrainedConfig.json(contentsOf: path).objectValue else {
      throw invalid("it is no object")
    }
    let fields = JSONFields(object) { key, expected, _ in invalid("\(key) must be \(expected)") }
    let identity = try RunIdentity(self, recipeHash: recipe.sha256(), teacher: teacherLogits())
    if let other = identity.difference(from: try fields.required("begun_with", .object)) {
      throw TrainingRunError.otherRun(folder: folder.path, what: other.name, was: other.was, now: other.now)
    }
    let data = JSONFields(try fields.required("data", .object)) { key, expected, _ in
      invalid("data.\(key) must be \(expected)")
    }
    let best = try fields.optional("best", .object).map { try RunCounters.Validated($0, failure: invalid) }
    guard let ending = TrainingOutcome.Ending(rawValue: try fields.required("ended_by", .string)) else {
      throw invalid("ended_by is not known")
    }
    // A process that was killed at the very end leaves some of it.
    try folder.clear()
    report(.note("the run is complete already"))
    return TrainingOutcome(
      ending: ending, steps: try fields.required("steps", .integer(0 ... .max)), figures: best?.figures,
      skipped: try data.required("unreadable_images", .strings))
  }

  func teacherLogits() throws -> TeacherLogits? {
    try recipe.distillation.map { distillation in
      try TeacherLogits(
        distillation.teacher, folder: recipe.folder, names: split.training.records.map(\.name),
        labels: start.config.labels)
    }
  }
}

extension TrainingRecipe {
  /// The hash that a recipe is known by: of its JSON with all defaults.
  func sha256() throws -> String { try SHA256.hexadecimal(ofText: JSONValue.object(json).lineText) }
}
