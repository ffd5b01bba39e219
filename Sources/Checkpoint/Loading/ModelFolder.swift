import JSONText
import Platform
import TensorCore

/// A folder as `save_pretrained` writes it, and which of its files hold what.
public struct ModelFolder: Sendable {
  /// The folder's path, as it was given.
  public let path: String

  /// Names a folder; nothing is looked at yet.
  public init(_ path: String) { self.path = path }

  /// Whether there is such a folder.
  public var exists: Bool { FilePath.isFolder(path) }

  /// The path of `config.json`.
  public var configPath: String { FilePath.join(path, "config.json") }

  /// The path of `preprocessor_config.json`.
  public var preprocessorConfigPath: String { FilePath.join(path, "preprocessor_config.json") }

  /// The path of `processor_config.json`, which may hold the image processor's configuration instead.
  public var processorConfigPath: String { FilePath.join(path, "processor_config.json") }

  /// The path of `calibration.json`, which says what is known of the model's answers. `transformers` has no such file.
  public var calibrationPath: String { FilePath.join(path, Self.calibration) }

  /// The name of that file.
  package static let calibration = "calibration.json"

  /// The content of the files that say what the weights are for, by name.
  ///
  /// `ModelWeights.save(toFolder:files:dtype:maximumShardByteCount:)` takes them: a model is converted so.
  ///
  /// A `config.json` of rounded weights becomes one of the weights that `ModelWeights(contentsOfFolder:)` makes of them.
  ///
  /// - Parameter dtype: The type that `config.json` shall name; its own where `nil`.
  /// - Throws: `FileError`, and `CheckpointError` for a `config.json` that has to be changed and cannot be read.
  public func configurationFiles(dtype: DType?) throws -> [String: String] {
    var files: [String: String] = [:]
    for path in [configPath, preprocessorConfigPath, processorConfigPath, calibrationPath]
    where InputFile.exists(path) {
      let bytes = try InputFile(path: path).contents(limit: JSONParsingOptions.python.maximumByteCount)
      files[FilePath.name(of: path)] = String(decoding: bytes, as: UTF8.self)
    }
    let isQuantized = try weightQuantization() != nil
    if dtype != nil || isQuantized, files[FilePath.name(of: configPath)] != nil {
      let config = try PretrainedConfig(contentsOf: configPath)
      var json = isQuantized ? config.withoutQuantization() : config.json
      if let dtype { json = json.settingDType(dtype) }
      files[FilePath.name(of: configPath)] = JSONValue.object(json).pythonText + "\n"
    }
    return files
  }

  /// What `config.json` says of rounded weights; `nil` where there is no such file, or it says nothing.
  ///
  /// - Throws: `CheckpointError`.
  func weightQuantization() throws(CheckpointError) -> WeightQuantization? {
    guard InputFile.exists(configPath) else { return nil }
    return try PretrainedConfig(contentsOf: configPath).weightQuantization()
  }

  /// The files that can hold weights, first the one that the reference prefers.
  public static let weightFileNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
  ]
}
