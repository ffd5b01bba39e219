import Platform

/// A strided, row-major tensor of `Float`.
///
/// A tensor is an immutable value: `reshaped`, `transposed`, `sliced` and `broadcast` return views that
/// share the storage, and arithmetic returns new tensors. Strides count elements, may be zero (a
/// broadcast axis), and are never negative.
public struct Tensor: Sendable {
  /// The extent of each axis. A scalar has no axes.
  public let shape: [Int]
  /// The distance in elements between neighbours along each axis.
  public let strides: [Int]
  /// The position in `storage` of the element whose indices are all zero.
  public let offset: Int
  /// The memory, shared with every view of it.
  public let storage: TensorStorage

  /// The number of axes.
  public var rank: Int { shape.count }
  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// Whether the elements lie in memory in row-major order without gaps.
  public var isContiguous: Bool { count <= 1 || Self.isRowMajor(shape: shape, strides: strides) }

  package init(shape: [Int], strides: [Int], offset: Int, storage: TensorStorage) {
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.storage = storage
  }

  /// Takes contiguous storage as it is.
  package init(shape: [Int], storage: TensorStorage) {
    self.init(shape: shape, strides: Self.rowMajorStrides(shape), offset: 0, storage: storage)
  }

  /// Makes a contiguous tensor and has `body` write every element.
  ///
  /// - Parameters:
  ///   - shape: Extents, none negative.
  ///   - body: Receives the uninitialised elements in row-major order.
  /// - Throws: `TensorError.invalidShape`, `TensorError.outOfMemory`, or what `body` throws.
  public init(
    shape: [Int], initializingWith body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    let count = try Self.checkedCount(shape)
    let storage = try TensorStorage(uninitializedCount: count)
    try body(UnsafeMutableBufferPointer(start: storage.base, count: count))
    self.init(shape: shape, storage: storage)
  }

  /// Copies `elements`, given in row-major order.
  ///
  /// - Throws: `TensorError.elementCountMismatch` when they are not as many as the shape holds, or as
  ///   `init(shape:initializingWith:)`.
  public init(_ elements: some Collection<Float>, shape: [Int]) throws {
    let count = try Self.checkedCount(shape)
    guard elements.count == count else {
      throw TensorError.elementCountMismatch(shape: shape, elements: elements.count)
    }
    try self.init(shape: shape) { buffer in
      _ = buffer.initialize(from: elements)
    }
  }

  /// One value seen through any shape; takes four bytes of memory.
  public init(repeating value: Float, shape: [Int]) throws {
    _ = try Self.checkedCount(shape)
    let storage = try TensorStorage(uninitializedCount: 1)
    storage.base.initialize(to: value)
    self.init(
      shape: shape, strides: [Int](repeating: 0, count: shape.count), offset: 0, storage: storage)
  }

  /// The number of elements in `shape`, or a typed error when an extent is negative or the memory for
  /// it cannot be addressed.
  package static func checkedCount(_ shape: [Int]) throws(TensorError) -> Int {
    // Counted as if no extent were zero: the strides of an empty tensor must be representable too.
    let count = Int.product(shape.lazy.map { max($0, 1) })
    guard let count, shape.allSatisfy({ $0 >= 0 }), count <= Int.max / MemoryLayout<Float>.stride else {
      throw .invalidShape(shape)
    }
    return shape.contains(0) ? 0 : count
  }

  package static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * Swift.max(shape[axis + 1], 1)
    }
    return strides
  }

  private static func isRowMajor(shape: [Int], strides: [Int]) -> Bool {
    var expected = 1
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      guard strides[axis] == expected else { return false }
      expected *= shape[axis]
    }
    return true
  }
}
