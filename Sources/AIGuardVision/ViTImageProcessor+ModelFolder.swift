import Checkpoint

extension ViTImageProcessor {
  /// Loads the image processor of a model's folder: `preprocessor_config.json`, or the object `image_processor` in
  /// `processor_config.json`. Where these do not say which processor is meant, `config.json` does, if there is one.
  ///
  /// - Parameters:
  ///   - folder: The folder's path.
  ///   - profile: The reference whose pixel values to reproduce.
  /// - Throws: `ImageProcessorFileError`, which names the file; `CheckpointError` for one that is no JSON.
  public init(folder: String, profile: PreprocessingProfile = .pillow13) throws {
    let path = ModelFolder(folder).configPath
    var config: JSONValue?
    do throws(CheckpointError) {
      config = try .object(PretrainedConfig(contentsOf: path).json)
    } catch {
      guard case .unreadable(let reason) = error.problem, reason.isNotFound else { throw error }
    }
    try self.init(contentsOfFolder: folder, modelConfig: config, profile: profile)
  }
}
