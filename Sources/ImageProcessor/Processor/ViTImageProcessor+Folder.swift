import Checkpoint
import JSONText

extension ViTImageProcessor {
  /// The image processor of a model folder, as `AutoImageProcessor.from_pretrained` finds it: what it does is said by
  /// `preprocessor_config.json` or `processor_config.json`, and what class it is, where they do not say it, by
  /// `config.json`.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder.
  ///   - profile: Whose arithmetic it is done with.
  /// - Throws: `ImageProcessorFileError`, which names the file; `CheckpointError` for one that is no JSON, `FileError`.
  public init(folder: String, profile: PreprocessingProfile = .pillow13) throws {
    try self.init(
      contentsOfFolder: folder, modelConfig: Self.json(ModelFolder(folder).configPath), profile: profile)
  }

  /// Reads the image processor of a model folder: `preprocessor_config.json`, or the object `image_processor` in
  /// `processor_config.json`.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - modelConfig: The content of its `config.json`, which says what processor is meant where the others do not.
  ///   - profile: Whose arithmetic it is done with.
  /// - Throws: `ImageProcessorFileError`, which names the file; `CheckpointError` for one that is no JSON, `FileError`.
  public init(
    contentsOfFolder folder: String, modelConfig: JSONValue?, profile: PreprocessingProfile = .pillow13
  ) throws {
    let files = ModelFolder(folder)
    let nested = try Self.json(files.processorConfigPath)
    let own = try Self.json(files.preprocessorConfigPath)
    let isNested = nested?.objectValue?["image_processor"]?.objectValue != nil
    let isTIMM = ImageProcessorConfig.isTIMM(modelConfig)
    let file =
      isTIMM ? files.configPath : isNested ? files.processorConfigPath : files.preprocessorConfigPath
    guard own != nil || isNested || isTIMM else {
      throw ImageProcessorFileError(file: file, problem: .noFile(folder: folder))
    }
    do throws(ImageProcessorConfigError) {
      self = try ViTImageProcessor(
        config: ImageProcessorConfig(
          processorConfig: nested, preprocessorConfig: own, modelConfig: modelConfig), profile: profile)
    } catch {
      throw ImageProcessorFileError(file: file, problem: .invalid(error))
    }
  }

  /// The value in a JSON file, `nil` where there is no such file.
  private static func json(_ path: String) throws -> JSONValue? {
    do throws(CheckpointError) {
      return try PretrainedConfig.json(contentsOf: path)
    } catch {
      if case .unreadable(let error) = error.problem {
        if error.isNotFound { return nil }
        throw error
      }
      throw error
    }
  }
}
