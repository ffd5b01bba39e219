import Platform
import TensorCore

/// Writing weights as safetensors.
extension ModelWeights {
  /// The file size in bytes above which `save` spreads weights over several files: transformers' own.
  public static let defaultShardByteCount = 50_000_000_000

  /// Writes all tensors under their names into one safetensors file.
  ///
  /// The file is there whole or not at all: until it is on the disk it has another name.
  ///
  /// - Parameters:
  ///   - path: The file, which may be one that these weights are read from.
  ///   - dtype: The type to convert floating-point tensors to, `F64`, `F32`, `F16` or `BF16`; others stay what they are.
  /// - Throws: `FileError`, `CheckpointError`; `ModelSaveError`.
  public func save(to path: String, dtype: DType? = nil) throws {
    try checkConversion(to: dtype)
    let tensors = try names.map { try tensor($0, as: dtype) }
    try SafetensorsWriter.write(tensors, metadata: Self.metadata, to: path).rename()
  }

  /// Writes all tensors under their names into a folder as `save_pretrained` does, in several files if they are large.
  ///
  /// - Parameters:
  ///   - folder: Made if it is not there. What it had of weights in safetensors is replaced.
  ///   - files: Other files to write there, such as `config.json`, by name.
  ///   - dtype: As for `save(to:dtype:)`.
  ///   - maximumShardByteCount: The most bytes of tensors in one file; a larger tensor has one for itself.
  /// - Throws: As `save(to:dtype:)`.
  public func save(
    toFolder folder: String, files: [String: String] = [:], dtype: DType? = nil,
    maximumShardByteCount: Int = defaultShardByteCount
  ) throws {
    try checkConversion(to: dtype)
    try checkFolder(folder)
    try ShardWriter(folder: folder, maximumShardByteCount: maximumShardByteCount)
      .write(names.map { try tensor($0, as: dtype) }, metadata: Self.metadata, files: files)
  }

  /// Writes the tensors that a model has loaded, under the names that transformers has on disk for it.
  ///
  /// - Parameters:
  ///   - report: What the model loaded.
  ///   - naming: How to spell the keys.
  ///   - unused: The beginnings of keys that are kept though the model did not ask for them.
  package func save(
    toFolder folder: String, report: LoadReport, naming: KeyNaming, unused: [String], files: [String: String],
    dtype: DType?, maximumShardByteCount: Int
  ) throws {
    try checkFolder(folder)
    var parts: [String: [Part]] = [:]
    var order: [String] = []
    for use in report.uses {
      let location = naming.location(of: use.canonical)
      let name = location.candidates[0]
      if parts[name] == nil { order.append(name) }
      parts[name, default: []].append(Part(key: use.key, rows: use.rows, index: location.part?.index ?? 0))
    }
    var tensors = try order.map { name in
      try tensor(name, of: parts[name, default: []].sorted { $0.index < $1.index }, as: dtype)
    }
    for name in report.unexpected where unused.contains(where: { name.hasPrefix($0) }) {
      tensors.append(try tensor(name, as: dtype))
    }
    try ShardWriter(folder: folder, maximumShardByteCount: maximumShardByteCount)
      .write(tensors, metadata: Self.metadata, files: files)
  }

  /// In a folder with an adapter the merged weights would be adapted once more.
  private func checkFolder(_ folder: String) throws(ModelSaveError) {
    if adapterPath != nil, ModelFolder(folder).hasAdapter { throw .adapterInFolder(path: folder) }
  }

  private static let metadata = ["format": "pt"]

  /// Weights of integers stay what they are while their scales would be rounded: no conversion that anybody wants.
  private func checkConversion(to dtype: DType?) throws(ModelSaveError) {
    if dtype != nil, let key = UnexpectedKeys.quantization(in: names) { throw .quantized(key: key) }
  }

  /// Some rows of a tensor here, which are part of one that is written.
  private struct Part {
    let key: String
    /// All of it where `nil`.
    let rows: Range<Int>?
    let index: Int
  }

  private func tensor(_ name: String, as dtype: DType?) throws -> TensorToWrite {
    try tensor(name, of: [Part(key: name, rows: nil, index: 0)], as: dtype)
  }

  /// A tensor whose rows are those of several here.
  private func tensor(_ name: String, of parts: [Part], as wanted: DType?) throws -> TensorToWrite {
    if let wanted, !wanted.isEncodable { throw ModelSaveError.unsupportedDType(wanted) }
    guard let first = parts.first, let source = dtype(of: first.key), var shape = shape(of: first.key) else {
      throw ModelSaveError.missingTensor(key: name)
    }
    if parts.count > 1 || first.rows != nil {
      shape[0] = parts.reduce(0) { $0 + ($1.rows?.count ?? self.shape(of: $1.key)?.first ?? 0) }
    }
    // What is no floating-point number, such as an index, is not to be rounded.
    let target = wanted.flatMap { source.isEncodable ? $0 : nil } ?? source
    return TensorToWrite(name: name, dtype: target, shape: shape) { body in
      for part in parts {
        try forEachBlock(of: part.key, rows: part.rows, as: target, body)
      }
    }
  }

  private func forEachBlock(
    of key: String, rows: Range<Int>?, as target: DType, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard let source = dtype(of: key), source != target else {
      return try forEachBlock(of: key, rows: rows, body)
    }
    var encoded: [UInt8] = []
    try forEachBlock(of: key, rows: rows) { block in
      let count = block.count / (source.bitWidth / 8)
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { elements in
        source.convertToFloat(block, into: elements)
        encoded.removeAll(keepingCapacity: true)
        target.encode(UnsafeBufferPointer(rebasing: elements[..<count]), into: &encoded)
        try encoded.withUnsafeBytes(body)
      }
    }
  }
}
