#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder as `save_pretrained` writes it, and which of its files hold what.
public struct ModelFolder: Sendable {
  /// The folder's path, as it was given.
  public let path: String

  /// Names a folder; nothing is looked at yet.
  public init(_ path: String) { self.path = path }

  /// The path of `config.json`.
  public var configPath: String { Self.join(path, "config.json") }

  /// The path of `preprocessor_config.json`.
  public var preprocessorConfigPath: String { Self.join(path, "preprocessor_config.json") }

  /// The path of `processor_config.json`, which may hold the image processor's configuration instead.
  public var processorConfigPath: String { Self.join(path, "processor_config.json") }

  /// The files that can hold weights, first the one that the reference prefers.
  public static let weightFileNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
  ]

  /// The path of the weights.
  ///
  /// - Throws: `ModelFolderError` where `model.safetensors` is not there; it names the files that are.
  public func weightsPath() throws(ModelFolderError) -> String {
    guard Self.kind(of: path) == S_IFDIR else { throw ModelFolderError(folder: path, problem: .notAFolder) }
    let found = Self.weightFileNames.filter { Self.kind(of: Self.join(path, $0)) == S_IFREG }
    guard let best = found.first else { throw ModelFolderError(folder: path, problem: .noWeights) }
    guard best == Self.weightFileNames[0] else {
      throw ModelFolderError(folder: path, problem: .unsupportedWeights(found: found))
    }
    return Self.join(path, best)
  }

  /// The folder's file and the name of a file in it as one path.
  package static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
  }

  /// The type bits of what `path` leads to, links followed; `nil` for nothing.
  private static func kind(of path: String) -> mode_t? {
    guard !path.utf8.contains(0) else { return nil }
    var status = stat()
    return stat(path.isEmpty ? "." : path, &status) == 0 ? status.st_mode & S_IFMT : nil
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
    /// The folder has none of the files that hold weights.
    case noWeights
    /// The folder has weights, but in forms that are not read.
    case unsupportedWeights(found: [String])
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
    case .noWeights: "noWeights"
    case .unsupportedWeights: "unsupportedWeights"
    }
  }

  /// One line for a person: the folder, what is wrong, and what would do.
  public var description: String {
    switch problem {
    case .notAFolder: return "\(folder): not a folder"
    case .noWeights: return "\(folder): no weights: model.safetensors is missing"
    case .unsupportedWeights(let found):
      return "\(folder): the weights are in \(found.joined(separator: ", ")); only a single "
        + "model.safetensors is read. Save the model again with save_pretrained(folder, "
        + "max_shard_size=\"100GB\") of a current transformers"
    }
  }
}
