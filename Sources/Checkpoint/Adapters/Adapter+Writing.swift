import JSONText
import Platform
import TensorCore

extension Adapter {
  /// A tensor of an adapter that is to be written. Its memory must outlive the writing.
  package struct WrittenTensor {
    /// As in the file: `base_model.model.vit.layers.0.attention.q_proj.lora_A.weight`.
    package let name: String
    package let shape: [Int]
    package let elements: UnsafeBufferPointer<Float>

    package init(name: String, shape: [Int], elements: UnsafeBufferPointer<Float>) {
      self.name = name
      self.shape = shape
      self.elements = elements
    }
  }

  /// Writes an adapter's folder as PEFT does: the tensors as float32, and the configuration.
  ///
  /// Both files are on the disk under other names before the first one gets its own. A folder that is left without a
  /// configuration by a crash between is no adapter.
  ///
  /// - Parameter folder: Made if it is not there.
  /// - Throws: `FileError`, `CheckpointError`.
  package static func write(
    _ tensors: [WrittenTensor], config: JSONObject, toFolder folder: String
  ) throws {
    try OutputFile.makeFolder(folder)
    let configPath = ModelFolder(folder).adapterConfigPath
    let weights = try SafetensorsWriter.write(
      tensors.map { tensor in
        TensorToWrite(name: tensor.name, dtype: .float32, shape: tensor.shape) { body in
          try body(UnsafeRawBufferPointer(tensor.elements))
        }
      }, metadata: ["format": "pt"], to: FilePath.join(folder, weightFileNames[0]))
    let text = try OutputFile(replacing: configPath, permissions: OutputFile.publicPermissions)
    try text.write(Array(JSONValue.object(config).pythonText.utf8))
    try text.finish()
    try OutputFile.remove(configPath)
    try weights.rename()
    try text.rename()
    try FolderSync.sync(folder.isEmpty ? "." : folder)
  }
}
