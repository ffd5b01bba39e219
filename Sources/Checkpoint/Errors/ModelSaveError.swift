import Platform
import TensorCore

/// Why weights cannot be written.
public enum ModelSaveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Numbers cannot be converted to this type.
  case unsupportedDType(DType)
  /// The model has a tensor that its weights no longer have.
  case missingTensor(key: String)
  /// A tensor that is not of whole bytes.
  case partialBytes(key: String, dtype: DType)
  /// The size of the files is not positive.
  case invalidShardSize(Int)
  /// This tensor says how rounded weights are meant: their type cannot be changed without undoing that.
  case quantized(key: String)
  /// The other files cannot have this name.
  case invalidFileName(String)
  /// The folder has an adapter, which would be applied to the merged weights once more.
  case adapterInFolder(path: String)
  /// A number is not finite in this type.
  case outOfRange(key: String, dtype: DType)

  /// One line for a person.
  public var description: String {
    switch self {
    case .unsupportedDType(let dtype):
      "weights cannot be converted to \(dtype.safetensorsName); the types are F64, F32, F16 and BF16"
    case .missingTensor(let key): "tensor \"\(key.printable)\" is no longer there"
    case .partialBytes(let key, let dtype):
      "tensor \"\(key.printable)\" of type \(dtype.safetensorsName) cannot be written"
    case .invalidShardSize(let size): "files of at most \(size) bytes cannot hold anything"
    case .quantized(let key):
      "tensor \"\(key.printable)\" says that weights are quantised; their type can be changed in a folder "
        + "whose config.json says how, for the ways that are read, and otherwise in Python"
    case .adapterInFolder(let path):
      "\(path): merged weights beside adapter_config.json would be adapted once more: write them to another folder"
    case .outOfRange(let key, let dtype):
      "tensor \"\(key.printable)\" has a number that \(dtype.safetensorsName) cannot hold"
    case .invalidFileName(let name): "\"\(name.printable)\" is no name for a file beside the weights"
    }
  }
}
