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
  public var exists: Bool { Self.kind(of: path) == S_IFDIR }

  /// The path of `config.json`.
  public var configPath: String { Self.join(path, "config.json") }

  /// The path of `preprocessor_config.json`.
  public var preprocessorConfigPath: String { Self.join(path, "preprocessor_config.json") }

  /// The path of `processor_config.json`, which may hold the image processor's configuration instead.
  public var processorConfigPath: String { Self.join(path, "processor_config.json") }

  /// The content of the files that say what the weights are for, by name.
  ///
  /// A `config.json` of rounded weights becomes one of the weights that `ModelWeights(contentsOfFolder:)` makes of them.
  ///
  /// - Parameter dtype: The type that `config.json` shall name; its own where `nil`.
  /// - Throws: `FileError`, and `ConfigError` for a `config.json` that has to be changed and cannot be read.
  package func configurationFiles(dtype: DType?) throws -> [String: String] {
    var files: [String: String] = [:]
    for path in [configPath, preprocessorConfigPath, processorConfigPath] where InputFile.exists(path) {
      let bytes = try InputFile(path: path).contents(limit: JSONParsingOptions.python.maximumByteCount)
      files[Self.name(of: path)] = String(decoding: bytes, as: UTF8.self)
    }
    let isQuantized = try weightQuantization() != nil
    if dtype != nil || isQuantized, files[Self.name(of: configPath)] != nil {
      let config = try PretrainedConfig(contentsOf: configPath)
      var json = isQuantized ? config.withoutQuantization() : config.json
      if let dtype { json = json.settingDType(dtype) }
      files[Self.name(of: configPath)] = JSONValue.object(json).pythonText + "\n"
    }
    return files
  }

  /// What `config.json` says of rounded weights; `nil` where there is no such file, or it says nothing.
  ///
  /// - Throws: `ConfigError`.
  func weightQuantization() throws(ConfigError) -> WeightQuantization? {
    guard InputFile.exists(configPath) else { return nil }
    return try PretrainedConfig(contentsOf: configPath).weightQuantization()
  }

  /// The files that can hold weights, first the one that the reference prefers.
  public static let weightFileNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
  ]

  /// The folder's file and the name of a file in it as one path.
  package static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
  }

  /// The folder that a file is in; empty for the current one.
  package static func folder(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<path.utf8.index(after: $0)]) } ?? ""
  }

  /// The name of a file in its folder.
  package static func name(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
  }

  /// The type bits of what `path` leads to, links followed; `nil` for nothing.
  private static func kind(of path: String) -> mode_t? {
    guard let name = (path.isEmpty ? "." : path).systemPath else { return nil }
    var status = stat()
    return stat(name, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}
