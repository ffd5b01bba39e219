import Checkpoint
import JSONText
import Platform

extension ImageClassifier {
  /// Writes the model into a folder as `save_pretrained` does: `config.json`, `preprocessor_config.json` and the
  /// weights, read again from where they came from. transformers loads it and computes the same.
  ///
  /// The tensors have the names that transformers has on disk for such a model, whatever names they came under, and
  /// their own types; what was rounded to 8 bits is written as the float32 numbers that it stands for. What the network
  /// does not use is left out, unless transformers would miss it. Which labels mean "generated" is written into
  /// `calibration.json` where their spelling alone does not say the same, and what makes verdicts of scores where
  /// `dtype` leaves every number as it is.
  ///
  /// - Parameters:
  ///   - folder: Made if it is not there. Weights in safetensors that are there already are replaced, and so is what
  ///     `calibration.json` says of another model.
  ///   - dtype: The type to convert the weights to: `F64`, `F32`, `F16` or `BF16`.
  ///   - maximumShardByteCount: The most bytes of tensors in one file.
  /// - Throws: `LinearHeadError.notSaved` where `head.safetensors` is the classifier; `FileError`, `ModelSaveError`, what
  ///   reading the weights throws, and `ImageClassifierError.weightsChanged` where they are no longer those of this model.
  public func save(
    toFolder folder: String, dtype: DType? = nil,
    maximumShardByteCount: Int = ModelWeights.defaultShardByteCount
  ) throws {
    if let head { throw LinearHeadError.notSaved(file: head.path) }
    if let path = try weights.modifiedFile() { throw ImageClassifierError.weightsChanged(path: path) }
    var files = ["config.json": configText(dtype)]
    // timm's own configuration says how images become pixel values.
    if !ImageProcessorConfig.isTIMM(.object(config.json)) {
      files["preprocessor_config.json"] = processor.config.json.pythonText + "\n"
    }
    let calibrationPath = ModelFolder(folder).calibrationPath
    let carried = CarriedCalibration(
      CalibrationFile(generatedLabels: labelsToSave, calibration: calibration),
      isExact: weights.isExact(as: dtype))
    files[FilePath.name(of: calibrationPath)] = carried.withoutHash?.text
    try weights.save(
      toFolder: folder, report: model.loadReport, naming: model.config.keyNaming,
      unused: model.config.unusedKeys, files: files, dtype: dtype,
      maximumShardByteCount: maximumShardByteCount)
    if carried.withoutHash == nil { try OutputFile.remove(calibrationPath) }
    try carried.finish(inFolder: folder)
  }

  /// The labels that `calibration.json` has to name; `nil` where it need not.
  private var labelsToSave: [String]? {
    guard let labels = try? generatedLabels else { return nil }
    let byTheTable = try? GeneratedLabels.byTheTable(
      of: self.labels, problemType: problemType, model: identity.id
    ).get()
    guard labels.indices != byTheTable?.indices else { return nil }
    return labels.names
  }

  /// The configuration as it was read, with what is known better now.
  private func configText(_ dtype: DType?) -> String {
    var json = (weights.isWidened ? config.withoutQuantization() : config.json)
      .setting("architectures", to: .array([.string(model.config.className)]))
      .setting("model_type", to: .string(model.config.modelType))
    // timm writes the number of classes twice, and transformers fails on that.
    if ImageProcessorConfig.isTIMM(.object(json)), let arguments = json["model_args"]?.objectValue {
      let others = arguments.members.filter { $0.key != "num_classes" }
      json = json.setting("model_args", to: .object(JSONObject(members: others)))
    }
    if let dtype { json = json.settingDType(dtype) }
    return JSONValue.object(json).pythonText + "\n"
  }
}
