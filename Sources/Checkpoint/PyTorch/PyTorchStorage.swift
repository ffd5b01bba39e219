import Platform
import TensorCore

/// A run of elements in a PyTorch file, which tensors are views of.
struct PyTorchStorage: Equatable {
  let dtype: DType
  /// Its name in the file.
  let key: String
  /// The number of its elements.
  let count: Int

  /// The storage classes of `torch` that are read, and their elements.
  static let dtypes: [String: DType] = [
    "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
    "DoubleStorage": .float64,
    "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
    "ByteStorage": .uint8, "BoolStorage": .bool,
  ]

  /// Reads a persistent id: ("storage", class, key, device, count), and in the legacy form `None` for a storage
  /// that is no view of another.
  init?(_ id: [Unpickler.Value]) {
    guard id.count == 5 || (id.count == 6 && id[5] == .none), id[0] == .string("storage"),
      case .global(.storageType(let type)) = id[1], let dtype = Self.dtypes[type],
      case .string(let key) = id[2],
      case .string = id[3], case .integer(let count) = id[4], count >= 0,
      !count.multipliedReportingOverflow(by: dtype.bitWidth / 8).overflow
    else { return nil }
    self.dtype = dtype
    self.key = key
    self.count = count
  }

  /// The length in bytes.
  var byteCount: Int { count * (dtype.bitWidth / 8) }
}

/// A tensor as a PyTorch file describes it: a view of a storage with any strides.
struct PyTorchTensor: Equatable {
  let storage: PyTorchStorage
  /// The first element's place in the storage, in elements.
  let offset: Int
  let shape: [Int]
  /// In elements.
  let strides: [Int]

  /// Reads the arguments of `_rebuild_tensor_v2`: storage, offset, size, stride, two that do not matter here, and what
  /// else is to be done with the elements. A tensor of which the elements are to be negated (`neg`) is none that is
  /// read.
  init?(_ arguments: [Unpickler.Value], _ heap: PickleHeap) {
    guard (6...7).contains(arguments.count), case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1], let shape = Self.integers(arguments[2], heap),
      let strides = Self.integers(arguments[3], heap), shape.count == strides.count
    else { return nil }
    if arguments.count == 7 {
      switch arguments[6] {
      case .none: break
      case .dictionary(let number) where heap.dictionaries[number].allSatisfy { $0.value == .bool(false) }:
        break
      default: return nil
      }
    }
    self.storage = heap.storages[storage]
    self.offset = offset
    self.shape = shape
    self.strides = strides
  }

  private static func integers(_ value: Unpickler.Value, _ heap: PickleHeap) -> [Int]? {
    guard case .tuple(let number) = value else { return nil }
    let integers = heap.sequences[number].compactMap { item -> Int? in
      if case .integer(let integer) = item, integer >= 0 { integer } else { nil }
    }
    return integers.count == heap.sequences[number].count ? integers : nil
  }

  /// The number of elements; `nil` where it overflows.
  var count: Int? {
    shape.contains(0) ? 0 : Int.product(shape)
  }

  /// The elements of the storage from the first to the last that the tensor uses; `nil` where it uses some that
  /// are not there.
  var span: Range<Int>? {
    guard offset >= 0 else { return nil }
    if shape.contains(0) { return offset <= storage.count ? offset..<offset : nil }
    var last = offset
    for (extent, stride) in zip(shape, strides) {
      let (reach, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(reach)
      guard !overflow, !carry else { return nil }
      last = sum
    }
    return last < storage.count ? offset..<(last + 1) : nil
  }

  /// Whether the elements lie one after the other, in order; for a tensor whose `count` is known not to overflow.
  var isContiguous: Bool {
    if shape.contains(0) { return true }
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      guard stride == expected else { return false }
      expected *= extent
    }
    return true
  }
}
