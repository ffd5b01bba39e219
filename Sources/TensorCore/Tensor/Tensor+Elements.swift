import Platform

extension Tensor {
  /// The elements in row-major order, copied.
  ///
  /// - Throws: `TensorError.outOfMemory`: a broadcast view may stand for more elements than memory holds.
  public var elements: [Float] {
    get throws(TensorError) {
      let byteCount = count * MemoryLayout<Float>.stride
      guard isMemoryAvailable(byteCount: byteCount) else { throw .outOfMemory(bytes: byteCount) }
      return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        copyElements(to: buffer)
        initialized = count
      }
    }
  }

  /// The element at `indices`, one for each axis.
  ///
  /// An index outside the shape is a programmer's error and traps, as it does for an array.
  public subscript(indices: Int...) -> Float {
    precondition(indices.count == rank, "\(indices.count) indices for a tensor of rank \(rank)")
    var position = offset
    for (axis, index) in indices.enumerated() {
      precondition(index >= 0 && index < shape[axis], "index \(index) outside axis \(axis) of \(shape)")
      position += index * strides[axis]
    }
    return storage.base[position]
  }

  /// This tensor with row-major strides: itself where it is so already, else a copy.
  ///
  /// - Throws: `TensorError.outOfMemory`: a broadcast view may stand for more elements than memory holds.
  public func contiguous() throws(TensorError) -> Tensor {
    if isContiguous {
      return Tensor(shape: shape, strides: Self.rowMajorStrides(shape), offset: offset, storage: storage)
    }
    let copy = try TensorStorage(uninitializedCount: count)
    copyElements(to: UnsafeMutableBufferPointer(start: copy.base, count: count))
    return Tensor(shape: shape, storage: copy)
  }

  /// Calls `body` with the elements in row-major order, copying first where they do not lie so.
  ///
  /// - Throws: As `contiguous()`, and what `body` throws.
  public func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) throws -> R {
    let dense = try contiguous()
    return try withExtendedLifetime(dense.storage) {
      try body(UnsafeBufferPointer(start: dense.storage.base + dense.offset, count: dense.count))
    }
  }

  /// Writes the elements in row-major order into uninitialised memory of at least `count` elements.
  package func copyElements(to destination: UnsafeMutableBufferPointer<Float>) {
    guard count > 0, var out = destination.baseAddress else { return }
    let source = storage.base + offset
    if isContiguous {
      out.initialize(from: source, count: count)
      return
    }
    // An odometer over all axes but the last, which is a plain strided run.
    let width = shape[rank - 1]
    let step = strides[rank - 1]
    var index = [Int](repeating: 0, count: rank - 1)
    var position = 0
    while true {
      let row = source + position
      if step == 1 {
        out.initialize(from: row, count: width)
      } else {
        var column = 0
        while column < width {
          out[column] = row[column * step]
          column += 1
        }
      }
      out += width
      var axis = rank - 2
      while axis >= 0 {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= shape[axis] * strides[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}

extension Tensor {
  /// The first element. Valid while this tensor's storage is alive, and meaningful to a reader who knows
  /// the strides.
  package var base: UnsafePointer<Float> { UnsafePointer(storage.base + offset) }
}
