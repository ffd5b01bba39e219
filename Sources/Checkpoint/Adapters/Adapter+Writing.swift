import JSONText
import Platform
import TensorCore

extension Adapter {
  /// Writes an adapter's folder as PEFT does: the tensors as float32, and the configuration.
  ///
  /// Both files are on the disk under other names before the first one gets its own. A folder that is left without a
  /// configuration by a crash between is no adapter.
  ///
  /// - Parameters:
  ///   - tensors: Named as in the file: `base_model.model.vit.layers.0.attention.q_proj.lora_A.weight`.
  ///   - folder: Made if it is not there.
  /// - Throws: `FileError`, `CheckpointError`.
  package static func write(
    _ tensors: [FloatTensor], config: JSONObject, toFolder folder: String
  ) throws {
    try OutputFile.makeFolder(folder)
    let configPath = ModelFolder(folder).adapterConfigPath
    let weights = try SafetensorsWriter.write(
      tensors.map { $0.toWrite(as: .float32) }, metadata: ["format": "pt"],
      to: FilePath.join(folder, weightFileNames[0]))
    let text = try OutputFile(replacing: configPath, permissions: OutputFile.publicPermissions)
    try text.write(Array(JSONValue.object(config).pythonText.utf8))
    try text.finish()
    try OutputFile.remove(configPath)
    try weights.rename()
    try text.rename()
    try FolderSync.sync(folder.isEmpty ? "." : folder)
  }
}
