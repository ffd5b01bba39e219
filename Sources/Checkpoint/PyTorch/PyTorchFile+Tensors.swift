import Platform
import TensorCore

extension PyTorchFile: TensorSource {
  /// The shape of a tensor, `nil` where there is none of that name.
  public func shape(of name: String) -> [Int]? { tensors[name]?.tensor.shape }

  /// The elements of a tensor as `Float`; see `DType.convertToFloat`.
  ///
  /// - Throws: `CheckpointError`.
  public func read(_ name: String) throws -> Tensor {
    let stored = try stored(name)
    return try read(name, stored, shape: stored.tensor.shape) { elements throws(CheckpointError) in
      try fill(elements, stored, stored.tensor)
    }
  }

  /// The elements at `rows` along a tensor's first axis as `Float`.
  ///
  /// - Throws: `CheckpointError`.
  public func read(_ name: String, rows: Range<Int>) throws -> Tensor {
    let stored = try stored(name)
    let part = try part(name, stored, rows: rows)
    return try read(name, stored, shape: part.shape) { elements throws(CheckpointError) in
      try fill(elements, stored, part)
    }
  }

  /// Writes the elements at `rows` along a tensor's first axis into memory that holds exactly them.
  ///
  /// - Throws: `CheckpointError`; `TensorError.elementCountMismatch` where `elements` has another length.
  public func read(
    _ name: String, rows: Range<Int>, into elements: UnsafeMutableBufferPointer<Float>
  ) throws {
    let stored = try stored(name)
    let part = try part(name, stored, rows: rows)
    guard part.count == elements.count else {
      throw TensorError.elementCountMismatch(shape: part.shape, elements: elements.count)
    }
    try fill(elements, stored, part)
  }

  func stored(_ name: String) throws(CheckpointError) -> Stored {
    guard let stored = tensors[name] else { throw error(.noSuchTensor(key: name)) }
    return stored
  }

  private func error(_ problem: CheckpointError.Problem) -> CheckpointError {
    CheckpointError(file: path, problem: problem)
  }

  /// Some rows of a tensor.
  func part(
    _ name: String, _ stored: Stored, rows: Range<Int>
  ) throws(CheckpointError) -> PyTorchTensor {
    let tensor = stored.tensor
    guard let rowCount = tensor.shape.first, rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw error(.rowsOutOfRange(key: name, rows: rows, shape: tensor.shape))
    }
    return tensor.rows(rows)
  }

  private func read(
    _ name: String, _ stored: Stored, shape: [Int],
    _ fill: (UnsafeMutableBufferPointer<Float>) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> Tensor {
    let count: Int
    let storage: TensorStorage
    do throws(CheckpointError.Problem) {
      try FloatMemory.check(name, shape: shape, limit: limits.maximumTensorByteCount)
      count = shape.reduce(1, *)
      storage = try FloatMemory.allocate(name, count: count)
    } catch {
      throw self.error(error)
    }
    try fill(UnsafeMutableBufferPointer(start: storage.base, count: count))
    return Tensor(shape: shape, storage: storage)
  }

  private func fill(
    _ elements: UnsafeMutableBufferPointer<Float>, _ stored: Stored, _ part: PyTorchTensor
  ) throws(CheckpointError) {
    guard !elements.isEmpty else { return }
    do throws(FileError) {
      if part.isContiguous {
        let start = stored.start + part.offset * stored.elementByteCount
        try bytes.fill(
          elements, stored.dtype, byteRange: start..<(start + elements.count * stored.elementByteCount))
      } else {
        var done = 0
        try forEachGatheredBlock(part, stored) { block in
          done += stored.dtype.convertToFloat(
            block, into: UnsafeMutableBufferPointer(rebasing: elements[done...]))
          return true
        }
      }
    } catch {
      throw self.error(.unreadable(error))
    }
  }

  /// Calls `body` with the elements of a tensor with strides, one after the other and in blocks, as they stand in the
  /// file, until it returns false.
  func forEachGatheredBlock(
    _ part: PyTorchTensor, _ stored: Stored, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(FileError) {
    guard let span = part.span, let count = part.count, count > 0 else { return }
    let width = stored.elementByteCount
    let source = try bytes.bytes(
      at: (stored.start + span.lowerBound * width)..<(stored.start + span.upperBound * width))
    var block: [UInt8] = []
    block.reserveCapacity(ByteSource.conversionBlockByteCount)
    var index = [Int](repeating: 0, count: part.shape.count)
    var offset = 0
    for number in 1...count {
      block += source[(offset * width)..<((offset + 1) * width)]
      if block.count >= ByteSource.conversionBlockByteCount || number == count {
        guard block.withUnsafeBytes(body) else { return }
        block.removeAll(keepingCapacity: true)
      }
      // The next index, as an odometer counts.
      for axis in part.shape.indices.reversed() {
        index[axis] += 1
        offset += part.strides[axis]
        guard index[axis] == part.shape[axis] else { break }
        offset -= part.shape[axis] * part.strides[axis]
        index[axis] = 0
      }
    }
  }
}

extension PyTorchTensor {
  /// Some rows along the first axis, which the caller has found to be there.
  func rows(_ rows: Range<Int>) -> PyTorchTensor {
    var shape = shape
    shape[0] = rows.count
    // An empty part begins nowhere: its offset is not looked at, and could overflow.
    let start = rows.isEmpty || shape.contains(0) ? offset : offset + rows.lowerBound * strides[0]
    return PyTorchTensor(storage: storage, offset: start, shape: shape, strides: strides)
  }

  init(storage: PyTorchStorage, offset: Int, shape: [Int], strides: [Int]) {
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.strides = strides
  }
}
