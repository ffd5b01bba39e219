import Checkpoint
import JSONText
import Platform

extension GeneratedLabels {
  /// The labels of a model in a folder: those that are named, else those of its `calibration.json`, else by the table.
  ///
  /// - Returns: A failure where neither names them and the table does not know them: such a model classifies without P(AI).
  /// - Throws: `ImageClassifierError` for the names; `CheckpointError` for the file, whoever names them.
  package static func labels(
    named names: [String]?, orInFolder path: String, of labels: [String],
    problemType: PretrainedConfig.ProblemType?, model: String
  ) throws -> Result<GeneratedLabels, ImageClassifierError> {
    try Self.labels(
      named: names, or: CalibrationFile(folder: ModelFolder(path)), inFolder: path, of: labels,
      problemType: problemType, model: model)
  }

  /// As above, with the folder's `calibration.json` as it has been read.
  static func labels(
    named names: [String]?, or file: CalibrationFile?, inFolder path: String, of labels: [String],
    problemType: PretrainedConfig.ProblemType?, model: String
  ) throws -> Result<GeneratedLabels, ImageClassifierError> {
    if let names {
      return .success(
        try GeneratedLabels(
          named: names, of: labels, problemType: problemType, model: model, origin: .caller))
    }
    if let names = file?.generatedLabels {
      do throws(ImageClassifierError) {
        return .success(
          try GeneratedLabels(
            named: names, of: labels, problemType: problemType, model: model,
            origin: .calibrationFile))
      } catch {
        throw CheckpointError(
          file: ModelFolder(path).calibrationPath,
          problem: .unsupported(
            key: CalibrationFile.generatedLabelsKey,
            found: "[\(names.map(\.printable).joined(separator: ", "))]", reason: "\(error)"))
      }
    }
    return byTheTable(of: labels, problemType: problemType, model: model)
  }

  static func byTheTable(
    of labels: [String], problemType: PretrainedConfig.ProblemType?, model: String
  ) -> Result<GeneratedLabels, ImageClassifierError> {
    Result { () throws(ImageClassifierError) in
      try GeneratedLabels(of: labels, problemType: problemType, model: model)
    }
  }
}
