import Platform

extension ModelFolder {
  /// The path of the weights: of the first of `weightFileNames` that is there, or of the file that is named.
  ///
  /// - Parameter name: A file of weights in the folder, or an index of several: `.safetensors`, `.bin`, `.pt`, `.pth`,
  ///   `.ckpt` or `.index.json`. With `nil` a folder that has an adapter besides is refused: transformers would apply it.
  /// - Throws: `CheckpointError` where there is no such file; it says what else was found.
  public func weightsPath(named name: String? = nil) throws(CheckpointError) -> String {
    guard exists else { throw error(.notAFolder) }
    if let name { return try namedWeights(name) }
    let names = Self.weightFileNames.map { FilePath.join(path, $0) }
    let isAdapted = InputFile.exists(FilePath.join(path, Self.adapterConfig))
    guard let best = names.first(where: InputFile.exists) else {
      let found = try otherWeights()
      throw error(found.isEmpty ? .noWeights : .otherWeights(found))
    }
    guard !isAdapted else { throw error(.adapterBesideWeights(name: FilePath.name(of: best))) }
    return best
  }

  private static let adapterConfig = "adapter_config.json"
  /// The endings of files of weights that can be read.
  private static let endings = [".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".index.json"]

  private func namedWeights(_ name: String) throws(CheckpointError) -> String {
    guard ShardIndex.isPlainName(name), Self.endings.contains(where: { name.hasSuffix($0) }) else {
      throw error(.invalidWeightsName(name))
    }
    let file = FilePath.join(path, name)
    guard InputFile.exists(file) else { throw error(.noSuchWeights(name: name)) }
    return file
  }

  private func error(_ problem: CheckpointError.Problem) -> CheckpointError {
    CheckpointError(file: path, problem: problem)
  }

  /// The files that hold weights in another form or under another name.
  ///
  /// - Throws: `unreadable`: in a folder that may not be looked into nothing is found.
  private func otherWeights() throws(CheckpointError) -> [String] {
    let names: [String]
    do throws(FileError) {
      names = try FolderListing.names(in: path.isEmpty ? "." : path, limit: 10_000)
    } catch {
      throw self.error(.unreadable(error))
    }
    let others = [
      "optimizer.pt", "optimizer.bin", "scheduler.pt", "training_args.bin", "scaler.pt", "rng_state.pth",
    ]
    return names.filter { name in
      name == Self.adapterConfig
        || OtherWeights(name) != nil && !others.contains(name) && InputFile.exists(FilePath.join(path, name))
    }.sorted()
  }
}

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
      "an adapter changes a model that is elsewhere: merge both in Python (merge_and_unload) and save the result"
    case .onnx, .gguf: "ONNX and GGUF are not read: take the model in safetensors or PyTorch's form"
    case .tensorFlow, .flax:
      "weights of TensorFlow and Flax are not read: load them with transformers 4 in Python (from_tf, from_flax) and save "
        + "the model"
    case .otherName: "name the file (weightsFile, --weights) if it is the model's"
    }
  }
}
