import Platform
import TensorCore

/// Bounds on what a PyTorch file may make the reader do. A negative one allows as little as zero.
public struct PyTorchFileLimits: Sendable, Equatable {
  /// The longest description of the tensors, the pickle, in bytes.
  public var maximumPickleByteCount: Int
  /// The most values that a pickle may make. An axis of a tensor counts as one each time that a tensor has it.
  public var maximumValueCount: Int
  /// The most axes of one tensor.
  public var maximumDimensionCount: Int
  /// The most entries of an archive.
  public var maximumEntryCount: Int
  /// The most memory in bytes that one tensor may take as `Float`.
  public var maximumTensorByteCount: Int

  /// Makes limits; the defaults accept every real model.
  public init(
    maximumPickleByteCount: Int = 1 << 25, maximumValueCount: Int = 2_000_000,
    maximumEntryCount: Int = 65_536, maximumTensorByteCount: Int = 1 << 36, maximumDimensionCount: Int = 64
  ) {
    self.maximumDimensionCount = maximumDimensionCount
    self.maximumPickleByteCount = maximumPickleByteCount
    self.maximumValueCount = maximumValueCount
    self.maximumEntryCount = maximumEntryCount
    self.maximumTensorByteCount = maximumTensorByteCount
  }
}

/// A file that `torch.save` wrote of a state dict, such as `pytorch_model.bin`, in the ZIP form or the one before it.
///
/// Nothing in the file is executed. It may name ordered dictionaries, tensors, parameters and the storage classes of
/// `torch` and nothing else; any other name is an error that says so. Tensors may be views with strides and offsets,
/// which are checked against their storages. Stricter than PyTorch 2.13's own restricted reader: compressed entries,
/// big-endian files, pickle protocols other than 2, tensors with more elements than their storage, and values beside
/// the tensors are refused.
///
/// Safe to use from any number of tasks at once.
public final class PyTorchFile: Sendable {
  /// The path, or a name for the memory that the file was read from.
  public let path: String
  /// The length of the whole file in bytes.
  public let byteCount: Int
  /// The tensors' names, in the order of the state dict.
  public let names: [String]
  /// What this file may make the reader do.
  public let limits: PyTorchFileLimits

  let bytes: ByteSource
  let tensors: [String: Stored]

  /// Where a tensor's elements are.
  struct Stored {
    let tensor: PyTorchTensor
    /// The place of the storage's first byte in the file.
    let start: Int

    var dtype: DType { tensor.storage.dtype }
    var elementByteCount: Int { dtype.bitWidth / 8 }
  }

  /// Opens a file.
  ///
  /// - Throws: `CheckpointError`.
  public convenience init(
    contentsOf path: String, limits: PyTorchFileLimits = PyTorchFileLimits()
  ) throws(CheckpointError) {
    let file: InputFile
    do throws(FileError) {
      file = try InputFile(path: path)
    } catch {
      throw CheckpointError(file: path, problem: .unreadable(error))
    }
    try self.init(.file(file), name: path, limits: limits)
  }

  /// Reads a file that is in memory already.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: What error messages call it.
  ///   - limits: What the file may ask for.
  /// - Throws: `CheckpointError`.
  public convenience init(
    bytes: [UInt8], name: String = "(memory)", limits: PyTorchFileLimits = PyTorchFileLimits()
  ) throws(CheckpointError) {
    try self.init(.array(bytes), name: name, limits: limits)
  }

  private init(_ source: ByteSource, name: String, limits: PyTorchFileLimits) throws(CheckpointError) {
    path = name
    bytes = source
    byteCount = source.byteCount
    self.limits = limits
    do throws(CheckpointError.Problem) {
      let stateDict = try PyTorchStateDict(source, limits: limits)
      names = stateDict.names
      tensors = stateDict.tensors
    } catch {
      throw CheckpointError(file: name, problem: error)
    }
  }
}

/// The tensors of a PyTorch file and their places, each of which has been checked.
struct PyTorchStateDict {
  private(set) var names: [String] = []
  private(set) var tensors: [String: PyTorchFile.Stored] = [:]

  private typealias Problem = CheckpointError.Problem

  init(_ source: ByteSource, limits: PyTorchFileLimits) throws(CheckpointError.Problem) {
    var head: [UInt8] = []
    do throws(FileError) { head = try source.bytes(at: 0..<min(8, source.byteCount)) } catch {
      throw .unreadable(error)
    }
    if head.starts(with: Array("PK".utf8)) {
      let archive = try PyTorchArchive(source, limits: limits)
      try add(archive.root, archive.heap) { storage throws(CheckpointError.Problem) in
        try archive.start(of: storage)
      }
    } else if head.first == 0x80 {
      let file = try PyTorchLegacyFile(source, limits: limits)
      try add(file.root, file.heap) { storage throws(CheckpointError.Problem) in
        try file.start(of: storage)
      }
    } else if let standIn = FileStandIn(source) {
      throw .standIn(standIn)
    } else {
      throw .notPyTorch
    }
  }

  private mutating func add(
    _ root: Unpickler.Value, _ heap: PickleHeap,
    start: (PyTorchStorage) throws(CheckpointError.Problem) -> Int
  ) throws(CheckpointError.Problem) {
    guard case .dictionary(let number) = root else { throw .notAStateDict(found: root.kind) }
    for (key, value) in heap.dictionaries[number] {
      guard case .string(let name) = key else {
        throw .notAStateDict(found: "a dictionary with \(key.kind) for a key")
      }
      guard case .tensor(let index) = value else { throw .notATensor(key: name, found: value.kind) }
      let tensor = heap.tensors[index]
      try Self.check(tensor, name)
      let stored = PyTorchFile.Stored(tensor: tensor, start: try start(tensor.storage))
      // As in Python: the last value of a key counts, in the place of the first.
      if tensors.updateValue(stored, forKey: name) == nil { names.append(name) }
    }
  }

  private static func check(_ tensor: PyTorchTensor, _ name: String) throws(CheckpointError.Problem) {
    guard let count = tensor.count, tensor.span != nil, count <= tensor.storage.count else {
      throw .tensorOutsideStorage(
        key: name, shape: tensor.shape, strides: tensor.strides, offset: tensor.offset,
        storageCount: tensor.storage.count)
    }
  }
}

extension Unpickler.Value {
  /// What the value is, for error messages.
  fileprivate var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a boolean"
    case .integer, .long: "an integer"
    case .number: "a floating-point number"
    case .string(let text): "the text \"\(String(text.prefix(40)).printable)\""
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .global: "a class or function"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}
