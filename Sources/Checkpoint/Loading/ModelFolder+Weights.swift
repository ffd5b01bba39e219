import Platform

extension ModelFolder {
  /// The path of the weights: of the first of `weightFileNames` that is there, or of the file that is named.
  ///
  /// - Parameter name: A file of weights in the folder, or an index of several: `.safetensors`, `.bin`, `.pt`, `.pth`,
  ///   `.ckpt` or `.index.json`. With `nil` a folder that has an adapter besides is refused: what reads a network applies it.
  /// - Throws: `CheckpointError` where there is no such file; it says what else was found.
  public func weightsPath(named name: String? = nil) throws(CheckpointError) -> String {
    guard exists else { throw error(.notAFolder) }
    if let name { return try namedWeights(name) }
    let best = try preferredWeights()
    guard !hasAdapter else { throw error(.adapterBesideWeights(name: FilePath.name(of: best))) }
    return best
  }

  /// The path of the first of `weightFileNames` that is there, whether an adapter lies beside it or not.
  ///
  /// - Throws: As `weightsPath(named:)`.
  package func preferredWeights() throws(CheckpointError) -> String {
    guard exists else { throw error(.notAFolder) }
    guard let best = Self.weightFileNames.map({ FilePath.join(path, $0) }).first(where: InputFile.exists)
    else {
      let found = try otherWeights()
      throw error(found.isEmpty ? .noWeights : .otherWeights(found))
    }
    return best
  }

  /// The endings of files of weights that can be read.
  private static let endings = [".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".index.json"]

  private func namedWeights(_ name: String) throws(CheckpointError) -> String {
    guard Self.isWeightsName(name) else { throw error(.invalidWeightsName(name)) }
    let file = FilePath.join(path, name)
    guard InputFile.exists(file) else { throw error(.noSuchWeights(name: name)) }
    return file
  }

  /// Whether a file of this name can be asked for.
  package static func isWeightsName(_ name: String) -> Bool {
    ShardIndex.isPlainName(name) && endings.contains { name.hasSuffix($0) }
  }

  /// Those of some files that hold weights in another form or under another name.
  ///
  /// - Parameter names: Of files in a folder, and of those in folders inside it with their paths.
  package static func otherWeights(among names: [String]) -> [String] {
    let others = [
      "optimizer.pt", "optimizer.bin", "scheduler.pt", "training_args.bin", "scaler.pt", "rng_state.pth",
    ]
    return names.filter { name in
      guard name != adapterConfig else { return true }
      guard let form = OtherWeights(name), !others.contains(name) else { return false }
      return !name.utf8.contains(UInt8(ascii: "/")) || ![.adapter, .otherName].contains(form)
    }.sorted()
  }

  /// That there is no file of weights under a usual name, what there is, and what to do with it.
  package static func explanation(ofOtherWeights names: [String]) -> String {
    CheckpointError.Problem.otherWeights(names).explanation
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
    return Self.otherWeights(among: names).filter { InputFile.exists(FilePath.join(path, $0)) }
  }
}
