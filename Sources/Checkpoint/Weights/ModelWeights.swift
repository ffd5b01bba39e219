import Platform
import TensorCore

/// The weights of a model: the tensors of one file, or of the several that an index lists.
///
/// Safe to use from any number of tasks at once. The files stay open for as long as a copy of this value lives, so that
/// all that is ever read comes from the files that were opened, whatever takes their names; one descriptor each.
public struct ModelWeights: TensorSource {
  /// The file, or the index.
  public let path: String
  /// Every tensor's name: file by file, in the order in which the data lie there.
  public private(set) var names: [String]

  /// What stands before all names in the files and is left out here (`unwrapped()`); mostly empty.
  public private(set) var wrapperPrefix = ""

  private var files: [any WeightsFile]
  /// Which of several files has which tensor.
  private var fileIndex: [String: Int]
  /// What the integers of a tensor are multiplied by, by its name (`dequantized(_:)`).
  private var scales: [String: RowScales] = [:]
  /// The adapter that is merged into the tensors (`adapted(by:...)`), and what it makes of which.
  private var adapter: Adapter?
  private var adapted: [String: AdaptedTensor] = [:]

  /// Finds and opens the weights in a folder, in the order of preference of `ModelFolder.weightFileNames`.
  ///
  /// Where `config.json` says that they were rounded to 8 bits, they are read as the numbers that they stand for; where a
  /// wrapper's prefix stands before all names, it is left out.
  ///
  /// - Parameters:
  ///   - folder: A folder as `save_pretrained` writes it.
  ///   - file: The name of the file to take, or of an index, where it is not the one that is preferred.
  ///   - access: How safetensors files are read.
  /// - Throws: `CheckpointError`, for rounded weights that cannot be read too.
  public init(
    contentsOfFolder folder: String, file: String? = nil, access: SafetensorsFile.Access = .read
  ) throws {
    let files = ModelFolder(folder)
    self = try ModelWeights(contentsOf: files.weightsPath(named: file), access: access).unwrapped()
      .dequantized(files.weightQuantization())
  }

  /// Opens a file of weights, or an index and all files that it lists.
  ///
  /// - Parameters:
  ///   - path: What ends in `.safetensors` is read as that, what ends in `.json` as an index, and anything else as a
  ///     file that `torch.save` wrote.
  ///   - access: How safetensors files are read.
  /// - Throws: `CheckpointError`.
  public init(contentsOf path: String, access: SafetensorsFile.Access = .read) throws {
    if path.hasSuffix(".json") {
      try self.init(index: path, access: access)
    } else {
      self.init(path: path, file: try Self.open(path, access))
    }
  }

  /// The weights in a file that is open already.
  public init(_ file: SafetensorsFile) { self.init(path: file.path, file: file) }

  private init(path: String, file: any WeightsFile) {
    self.path = path
    names = file.names
    files = [file]
    fileIndex = [:]
  }

  private init(index path: String, access: SafetensorsFile.Access) throws {
    let index = try ShardIndex(contentsOf: path)
    let folder = FilePath.folder(of: path)
    let files = try index.files.map { try Self.open(FilePath.join(folder, $0), access) }
    var fileIndex: [String: Int] = [:]
    for (number, file) in files.enumerated() {
      for name in file.names {
        if let other = fileIndex.updateValue(number, forKey: name) {
          throw CheckpointError(
            file: path,
            problem: .tensorInTwoFiles(key: name, files: [index.files[other], index.files[number]]))
        }
      }
    }
    for (name, file) in index.weightMap.sorted(by: { $0.key < $1.key }) {
      guard let number = fileIndex[name], index.files[number] == file else {
        throw CheckpointError(file: path, problem: .missingTensor(key: name, file: file))
      }
    }
    self.path = path
    self.files = files
    self.fileIndex = fileIndex
    names = files.flatMap(\.names)
  }

  private static func open(_ path: String, _ access: SafetensorsFile.Access) throws -> any WeightsFile {
    path.hasSuffix(".safetensors")
      ? try SafetensorsFile(contentsOf: path, access: access) : try PyTorchFile(contentsOf: path)
  }

  /// The same weights without the prefix that `torch.nn.DataParallel` (`module.`) or `torch.compile` (`_orig_mod.`), or both,
  /// put before all names; as they are where some have none.
  public func unwrapped() -> ModelWeights {
    let prefix = Self.wrapperPrefix(of: names)
    guard !prefix.isEmpty else { return self }
    var weights = self
    weights.wrapperPrefix = wrapperPrefix + prefix
    weights.files = files.map { UnwrappedFile($0, prefix: prefix) }
    weights.names = names.map { String($0.dropFirst(prefix.count)) }
    weights.fileIndex = Dictionary(
      fileIndex.map { (String($0.key.dropFirst(prefix.count)), $0.value) },
      uniquingKeysWith: { first, _ in first })
    return weights
  }

  /// The same weights, some of which are multiplied when they are read, without the tensors `hidden`.
  func dequantized(_ scales: [String: RowScales], hiding hidden: Set<String>) -> ModelWeights {
    var weights = self
    weights.scales = scales
    weights.names = names.filter { !hidden.contains($0) }
    return weights
  }

  /// The same weights, some of which an adapter changes when they are read; what only it has comes last.
  func merging(_ adapter: Adapter, _ tensors: [String: AdaptedTensor]) -> ModelWeights {
    var weights = self
    weights.adapter = adapter
    weights.adapted = tensors
    weights.names += tensors.keys.filter { shape(of: $0) == nil }.sorted()
    return weights
  }

  /// The path of the file of an adapter that is merged into these weights; `nil` where there is none.
  public var adapterPath: String? { adapter?.weights.path }

  /// The number of tensors that the adapter changes.
  package var adaptedCount: Int { adapted.count }

  /// Whether some of the tensors are float32 here and something else in the file.
  package var isWidened: Bool {
    isDequantized
      || adapted.contains { name, tensor in
        !tensor.isReplaced && file(of: name).dtype(of: name) != .float32
      }
  }

  /// The model's files, and those of the adapter.
  private var allFiles: [any WeightsFile] { files + (adapter?.weights.files ?? []) }

  /// Whether some of the tensors are made from integers.
  package var isDequantized: Bool { !scales.isEmpty }

  /// The file that has a tensor, or that can say best that there is none.
  private func file(of name: String) -> any WeightsFile { files[fileIndex[name] ?? 0] }
}

extension ModelWeights {
  /// The paths of the files that hold tensors.
  public var filePaths: [String] { allFiles.map(\.path) }

  /// The length of these files together, in bytes.
  public var byteCount: Int { allFiles.reduce(0) { $0 + $1.bytes.byteCount } }

  /// The shape of a tensor, `nil` where there is none of that name.
  public func shape(of name: String) -> [Int]? {
    if let adapter, let key = adapted[name]?.replacement { return adapter.weights.shape(of: key) }
    return file(of: name).shape(of: name)
  }

  /// The element type of a tensor, `nil` where there is none of that name.
  public func dtype(of name: String) -> DType? {
    if let adapter, let tensor = adapted[name] {
      return tensor.isReplaced ? tensor.replacement.flatMap { adapter.weights.dtype(of: $0) } : .float32
    }
    return scales[name] == nil ? file(of: name).dtype(of: name) : .float32
  }

  /// The elements of a tensor as `Float`.
  ///
  /// - Throws: `CheckpointError`.
  public func read(_ name: String) throws -> Tensor {
    if let (adapter, key) = replacement(of: name) { return try adapter.read(key) }
    guard scales[name] != nil || adapted[name] != nil, let rowCount = shape(of: name)?.first else {
      return try file(of: name).read(name)
    }
    return try read(name, rows: 0..<rowCount)
  }

  /// The elements at `rows` along a tensor's first axis as `Float`.
  ///
  /// - Throws: `CheckpointError`.
  public func read(_ name: String, rows: Range<Int>) throws -> Tensor {
    if let (adapter, key) = replacement(of: name) { return try adapter.read(key, rows: rows) }
    if adapted[name] != nil, let shape = shape(of: name) {
      try checkRows(rows, of: name, shape)
      return try Tensor(shape: [rows.count] + shape.dropFirst()) { try read(name, rows: rows, into: $0) }
    }
    let tensor = try file(of: name).read(name, rows: rows)
    guard let scales = scales[name] else { return tensor }
    return try Tensor(shape: tensor.shape) { elements in
      tensor.copyElements(to: elements)
      scales.apply(to: elements, firstRow: rows.lowerBound)
    }
  }

  /// Writes the elements at `rows` along a tensor's first axis into memory that holds exactly them.
  ///
  /// - Throws: `CheckpointError`; `TensorError.elementCountMismatch`.
  public func read(
    _ name: String, rows: Range<Int>, into elements: UnsafeMutableBufferPointer<Float>
  ) throws {
    if let adapter, let tensor = adapted[name], let shape = shape(of: name) {
      try checkRows(rows, of: name, shape)
      guard Int.product([rows.count] + shape.dropFirst()) == elements.count else {
        throw TensorError.elementCountMismatch(
          shape: [rows.count] + shape.dropFirst(), elements: elements.count)
      }
      return try tensor.read(rows, into: elements, from: adapter.weights) { rows, elements in
        try file(of: name).read(name, rows: rows, into: elements)
      }
    }
    try file(of: name).read(name, rows: rows, into: elements)
    scales[name]?.apply(to: elements, firstRow: rows.lowerBound)
  }

  /// Calls `body` with the elements of a tensor, little-endian, in order and in blocks of whole elements.
  ///
  /// - Parameter rows: Those along the first axis that are wanted; `nil` for all of the tensor.
  /// - Throws: `FileError`, `CheckpointError`, or what `body` throws.
  package func forEachBlock(
    of name: String, rows: Range<Int>? = nil, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    if let (adapter, key) = replacement(of: name) {
      return try adapter.forEachBlock(of: key, rows: rows, body)
    }
    if adapted[name] != nil { return try forEachMergedBlock(of: name, rows: rows, body) }
    guard let scales = scales[name] else {
      return try file(of: name).forEachBlock(of: name, rows: rows, body)
    }
    var done = (rows?.lowerBound ?? 0) * scales.columns
    try file(of: name).forEachBlock(of: name, rows: rows) { block in
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: block.count) { elements in
        DType.int8.convertToFloat(block, into: elements)
        scales.apply(to: elements, from: done)
        done += block.count
        try Self.withLittleEndianBytes(elements, body)
      }
    }
  }

  /// The adapter's tensor that takes the place of one here as it stands.
  private func replacement(of name: String) -> (ModelWeights, key: String)? {
    guard let adapter, let tensor = adapted[name], tensor.isReplaced, let key = tensor.replacement else {
      return nil
    }
    return (adapter.weights, key)
  }

  private func checkRows(_ rows: Range<Int>, of name: String, _ shape: [Int]) throws(CheckpointError) {
    guard let count = shape.first, rows.lowerBound >= 0, rows.upperBound <= count else {
      throw CheckpointError(file: path, problem: .rowsOutOfRange(key: name, rows: rows, shape: shape))
    }
  }

  /// A few rows of a merged tensor at a time.
  private func forEachMergedBlock(
    of name: String, rows: Range<Int>?, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard let shape = shape(of: name), let count = shape.first,
      let columns = Int.product(Array(shape.dropFirst())), columns > 0
    else { return }
    let rows = rows ?? 0..<count
    try checkRows(rows, of: name, shape)
    let step = max(1, ByteSource.conversionBlockByteCount / columns)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
      let part = start..<min(start + step, rows.upperBound)
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: part.count * columns) { elements in
        try read(name, rows: part, into: elements)
        try Self.withLittleEndianBytes(elements, body)
      }
    }
  }

  private static func withLittleEndianBytes(
    _ elements: UnsafeMutableBufferPointer<Float>, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    #if _endian(little)
      try body(UnsafeRawBufferPointer(elements))
    #else
      var bytes: [UInt8] = []
      DType.float32.encode(UnsafeBufferPointer(elements), into: &bytes)
      try bytes.withUnsafeBytes(body)
    #endif
  }
}

/// What identifies the weights.
extension ModelWeights {
  /// The SHA-256 of the file, in lower-case hexadecimal. Of several files, that of the text that has a line for each
  /// with its SHA-256, two spaces and its name, in the order of the names, as `sha256sum` prints it; those of an adapter
  /// that is merged into them come last, with its configuration.
  ///
  /// - Parameter hash: The hash of one file.
  package func sha256(_ hash: (InputFile?, () throws -> String) throws -> String) throws -> String {
    let hashes = try allFiles.map { file in try hash(file.bytes.file) { try file.sha256() } }
    if hashes.count == 1 { return hashes[0] }
    var lines = zip(hashes, allFiles).map { "\($0)  \(FilePath.name(of: $1.path))\n" }
    if let config = adapter?.config {
      // It has factors that the numbers hang on.
      let hash = try config.bytes.withUnsafeBytes { try SHA256.hexadecimal(of: $0) }
      lines.append("\(hash)  \(FilePath.name(of: config.file))\n")
    }
    return try SHA256.hexadecimal(ofText: lines.joined())
  }

  /// As above, reading all files.
  ///
  /// - Throws: `FileError`, `DigestError`.
  package func sha256() throws -> String { try sha256 { _, hash in try hash() } }

  /// Whether both are read from the same files, unchanged in between, or from the same memory.
  package func isSame(as other: ModelWeights) -> Bool {
    guard allFiles.count == other.allFiles.count, adapter?.config.bytes == other.adapter?.config.bytes else {
      return false
    }
    return zip(allFiles, other.allFiles).allSatisfy { $0.bytes.isSame(as: $1.bytes) }
  }

  /// A file whose content has been modified since it was opened: by its length and its time of modification. A new
  /// link to it, another name in its place or other permissions change neither.
  ///
  /// - Throws: `FileError` where the system does not say.
  package func modifiedFile() throws(FileError) -> String? {
    for file in allFiles.compactMap({ $0.bytes.file }) {
      if try !file.currentIdentity().hasContent(of: file.identity) { return file.path }
    }
    return nil
  }
}
