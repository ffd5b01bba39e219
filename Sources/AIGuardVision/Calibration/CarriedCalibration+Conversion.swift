import Checkpoint
import JSONText

extension CarriedCalibration {
  /// What becomes of the file of a model in a folder when its weights are converted.
  ///
  /// - Parameters:
  ///   - folder: The model's folder.
  ///   - names: The labels that mean "generated", where they are named anew. A calibration for others is left out.
  ///   - inherited: What the new folder would have in its place, from the base of an adapter: only its labels count.
  ///   - weights: What is converted.
  ///   - dtype: The type that it is converted to.
  ///   - config: The model's configuration, as it is converted.
  ///   - model: What errors call the model.
  /// - Throws: `ImageClassifierError` for the names, `CheckpointError` for the file, `CalibrationError.otherWeights`, and
  ///   what reading the weights throws.
  package static func converting(
    folder: String, names: [String], inherited: String?, weights: ModelWeights, dtype: DType?,
    config: PretrainedConfig?, model: String
  ) throws -> CarriedCalibration {
    let path = ModelFolder(folder).calibrationPath
    var file = try CalibrationFile(folder: ModelFolder(folder))
    if file == nil, let inherited {
      let json = try JSONValue(parsing: Array(inherited.utf8), options: .python)
      file = CalibrationFile(generatedLabels: try CalibrationFile(json: json, file: path).generatedLabels)
    }
    if !names.isEmpty, let config {
      func labels(_ names: [String]?) throws -> GeneratedLabels {
        try GeneratedLabels.labels(
          named: names, or: file, inFolder: folder, of: config.labels, problemType: config.problemType,
          model: model
        ).get()
      }
      let named = try labels(names)
      let isTheSame = (try? labels(nil).indices) == named.indices
      file = CalibrationFile(
        generatedLabels: named.names, calibration: isTheSame ? file?.calibration : nil)
    }
    // An adapter is rounded when it is merged, and a head stays behind.
    let isWhole = weights.adapterPath == nil && !ModelFolder(folder).hasHead
    if isWhole, let calibration = file?.calibration {
      let found = try weights.sha256()
      guard found == calibration.weightsSHA256 else {
        throw CalibrationError.otherWeights(
          file: path, fittedWith: calibration.weightsSHA256, found: found)
      }
    }
    return CarriedCalibration(file, isExact: isWhole && weights.isExact(as: dtype))
  }
}
