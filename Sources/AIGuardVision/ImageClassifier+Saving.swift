import Checkpoint
import JSONText

extension ImageClassifier {
  /// Writes the model into a folder as `save_pretrained` does: `config.json`, `preprocessor_config.json` and the
  /// weights, read again from where they came from. transformers loads it and computes the same.
  ///
  /// The tensors have the names that transformers has on disk for such a model, whatever names they came under, and
  /// their own types; what was rounded to 8 bits is written as the float32 numbers that it stands for. What the network
  /// does not use is left out, unless transformers would miss it.
  ///
  /// - Parameters:
  ///   - folder: Made if it is not there. Weights in safetensors that are there already are replaced.
  ///   - dtype: The type to convert the weights to: `F64`, `F32`, `F16` or `BF16`.
  ///   - maximumShardByteCount: The most bytes of tensors in one file.
  /// - Throws: `FileError`, `ModelSaveError`, what reading the weights throws, and
  ///   `ImageClassifierError.weightsChanged` where they are no longer those of this model.
  public func save(
    toFolder folder: String, dtype: DType? = nil,
    maximumShardByteCount: Int = ModelWeights.defaultShardByteCount
  ) throws {
    if let path = try weights.modifiedFile() { throw ImageClassifierError.weightsChanged(path: path) }
    try weights.save(
      toFolder: folder, report: model.loadReport, naming: model.config.keyNaming,
      unused: model.config.unusedKeys,
      files: [
        "config.json": configText(dtype), "preprocessor_config.json": processor.config.json.pythonText + "\n",
      ], dtype: dtype, maximumShardByteCount: maximumShardByteCount)
  }

  /// The configuration as it was read, with what is known better now.
  private func configText(_ dtype: DType?) -> String {
    var json = (weights.isDequantized ? config.withoutQuantization() : config.json)
      .setting("architectures", to: .array([.string(model.config.className)]))
      .setting("model_type", to: .string(model.config.modelType))
    if let dtype { json = json.settingDType(dtype) }
    return JSONValue.object(json).pythonText + "\n"
  }
}
