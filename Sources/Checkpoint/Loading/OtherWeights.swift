/// Forms of weights, by the endings of their files.
enum OtherWeights: Equatable {
  case adapter, onnx, tensorFlow, flax, gguf, otherName

  init?(_ name: String) {
    let ending = name.split(separator: ".").last?.lowercased() ?? ""
    if name.hasPrefix("adapter_") { self = .adapter; return }
    switch ending {
    case "onnx": self = .onnx
    case "h5", "keras", "tflite", "pb": self = .tensorFlow
    case "msgpack": self = .flax
    case "gguf", "ggml": self = .gguf
    case "safetensors", "bin", "pt", "pth", "ckpt": self = .otherName
    default: return nil
    }
  }

  var advice: String {
    switch self {
    case .adapter:
      "an adapter changes a model that is elsewhere: ImageClassifier(folder:) and the commands merge both"
        + " (adapter_config.json beside adapter_model.safetensors; baseFolder, --base)"
    case .onnx, .gguf:
      "ONNX and GGUF are not read: take the model that they were exported from, in safetensors or PyTorch's form"
    case .tensorFlow, .flax:
      "weights of TensorFlow and Flax are not read: with transformers 4 in Python, "
        + "AutoModelForImageClassification.from_pretrained(folder, \(self == .flax ? "from_flax" : "from_tf")=True)"
        + ".save_pretrained(\"out\")"
    case .otherName: "name the file (weightsFile, --weights) if it is the model's"
    }
  }
}
