import Platform

extension ModelFolder {
  /// The path of the weights: of the first of `weightFileNames` that is there, or of the file that is named.
  ///
  /// - Parameter name: A file of weights in the folder, or an index of several: `.safetensors`, `.bin`, `.pt`, `.pth`,
  ///   `.ckpt` or `.index.json`. With `nil` a folder that has an adapter besides is refused: transformers would apply it.
  /// - Throws: `ModelFolderError` where there is no such file; it says what else was found.
  public func weightsPath(named name: String? = nil) throws(ModelFolderError) -> String {
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

  private func namedWeights(_ name: String) throws(ModelFolderError) -> String {
    guard ShardIndex.isPlainName(name), Self.endings.contains(where: { name.hasSuffix($0) }) else {
      throw error(.invalidWeightsName(name))
    }
    let file = FilePath.join(path, name)
    guard InputFile.exists(file) else { throw error(.noSuchWeights(name: name)) }
    return file
  }

  private func error(_ problem: ModelFolderError.Problem) -> ModelFolderError {
    ModelFolderError(folder: path, problem: problem)
  }

  /// The files that hold weights in another form or under another name.
  ///
  /// - Throws: `unreadable`: in a folder that may not be looked into nothing is found.
  private func otherWeights() throws(ModelFolderError) -> [String] {
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

/// Why a folder's weights cannot be found.
public struct ModelFolderError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The folder.
  public let folder: String
  /// What is wrong.
  public let problem: Problem

  /// The kinds of problems.
  public enum Problem: Sendable, Equatable {
    /// There is no folder of that name.
    case notAFolder
    /// The system does not let its files be listed.
    case unreadable(FileError)
    /// The folder has none of the files that hold weights.
    case noWeights
    /// The folder has weights in other forms or under other names only: these files.
    case otherWeights([String])
    /// Beside the weights `name` there is an adapter, which would change them.
    case adapterBesideWeights(name: String)
    /// This is no name of a file of weights in the folder.
    case invalidWeightsName(String)
    /// The folder has no file of this name.
    case noSuchWeights(name: String)
  }

  /// Makes an error.
  public init(folder: String, problem: Problem) {
    self.folder = folder
    self.problem = problem
  }

  /// The problem's name without its details, for machine-readable reports.
  public var kind: String {
    switch problem {
    case .notAFolder: "notAFolder"
    case .unreadable: "unreadable"
    case .noWeights: "noWeights"
    case .otherWeights: "otherWeights"
    case .adapterBesideWeights: "adapterBesideWeights"
    case .invalidWeightsName: "invalidWeightsName"
    case .noSuchWeights: "noSuchWeights"
    }
  }

  /// One line for a person: the folder, what is wrong, and what would do.
  public var description: String {
    let known = ModelFolder.weightFileNames.joined(separator: ", ")
    switch problem {
    case .notAFolder: return "\(folder): not a folder"
    case .unreadable(let error): return "\(error)"
    case .noWeights: return "\(folder): no weights: there is none of \(known)"
    case .otherWeights(let names):
      var advice: [String] = []
      for form in names.compactMap(OtherWeights.init) where !advice.contains(form.advice) {
        advice.append(form.advice)
      }
      let shown =
        names.prefix(10).map(\.printable).joined(separator: ", ") + (names.count > 10 ? ", ..." : "")
      return "\(folder): there is none of \(known), but \(shown): \(advice.joined(separator: "; "))"
    case .adapterBesideWeights(let name):
      return
        "\(folder): beside \(name) there is adapter_config.json: transformers would apply the adapter, which is not "
        + "done here. Merge it in Python (merge_and_unload), or name the weights (weightsFile, --weights) to leave it out"
    case .invalidWeightsName(let name):
      return
        "\(folder): \"\(name.printable)\" is no name of weights in that folder: a file name without a path, which "
        + "ends in .safetensors, .bin, .pt, .pth, .ckpt or .index.json"
    case .noSuchWeights(let name):
      return "\(folder): there is no file \(name.printable) in it"
    }
  }
}
