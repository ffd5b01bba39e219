/// What a run begins with.
public enum TrainingStart: Sendable, Equatable {
  /// A model as `transformers` saves it: its weights, and its classifier where the data have its labels.
  ///
  /// - Parameters:
  ///   - folder: Its folder.
  ///   - weightsFile: The file of weights in it, where it is not to be the one that is preferred.
  ///   - name: What the model card calls it; by default the folder's name.
  case model(folder: String, weightsFile: String? = nil, name: String? = nil)
  /// A network with new weights.
  ///
  /// - Parameters:
  ///   - config: A `config.json`, or a folder with one.
  ///   - processorFolder: The folder with `preprocessor_config.json`, where it is not the same.
  case fresh(config: String, processorFolder: String? = nil)
}
