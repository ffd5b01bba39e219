import TensorCore

extension SafetensorsFile {
  /// The bytes that a caller of `forEachBlock` sees at once.
  static let blockByteCount = 1 << 20
  /// The bytes that are converted at once. They stay in the first caches, and a block allocated between two
  /// tensors leaves no hole worth mentioning in the heap (a megabyte did: a fifth more peak memory).
  static let conversionBlockByteCount = 1 << 16

  /// The elements of a tensor as `Float`.
  ///
  /// F32 is read straight into the tensor's memory, or is a view where the file is mapped or embedded and
  /// the data lie at a multiple of four bytes. Other types are converted block by block; see
  /// `DType.convertToFloat`.
  ///
  /// - Throws: `SafetensorsError`: no such tensor, a type that is no number, a file that cannot be read.
  public func tensor(_ name: String) throws(SafetensorsError) -> Tensor {
    let info = try info(of: name)
    return try read(name, info, shape: info.shape, byteRange: info.byteRange)
  }

  /// The bytes of a tensor of any type, as they stand in the file.
  ///
  /// - Throws: `SafetensorsError`: no such tensor, a file that cannot be read.
  public func rawBytes(of name: String) throws(SafetensorsError) -> [UInt8] {
    let info = try info(of: name)
    return try reporting { () throws(SafetensorsError.Problem) in
      try bytes.withBytes(at: info.byteRange) { Array($0) }
    }
  }

  /// Calls `body` with the bytes of a tensor of any type, as they stand in the file. They are at no
  /// particular alignment and are valid during the call only.
  ///
  /// - Throws: `SafetensorsError`, or what `body` throws.
  public func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let info = try info(of: name)
    return try reporting { () throws(SafetensorsError.Problem) in
      try bytes.withBytes(at: info.byteRange) { bytes in Swift.Result { try body(bytes) } }
    }.get()
  }

  /// Calls `body` with all bytes of the file, header included, in order and in blocks: to hash the very
  /// bytes that the tensors come from.
  ///
  /// - Throws: `SafetensorsError`, or what `body` throws.
  public func forEachBlock(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var failure: (any Error)?
    try reporting { () throws(SafetensorsError.Problem) in
      try bytes.forEachBlock(at: 0..<byteCount, blockByteCount: Self.blockByteCount) { block in
        do { try body(block) } catch { failure = error }
        return failure == nil
      }
    }
    if let failure { throw failure }
  }

  func info(of name: String) throws(SafetensorsError) -> TensorInfo {
    guard let info = tensors[name] else { throw error(.noSuchTensor(key: name)) }
    return info
  }

  func error(_ problem: SafetensorsError.Problem) -> SafetensorsError {
    SafetensorsError(file: path, problem: problem)
  }

  /// Whether a tensor can be had as `Float` in memory.
  func check(_ name: String, _ info: TensorInfo, shape: [Int]) throws(SafetensorsError) {
    guard info.dtype.isConvertibleToFloat else {
      throw error(.unsupportedDType(key: name, dtype: info.dtype))
    }
    // A tensor without elements still has strides, which must not overflow: count empty axes as one.
    var byteCount = MemoryLayout<Float>.stride
    for extent in shape {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow else {
        throw error(.tensorTooLarge(key: name, shape: shape, limit: limits.maximumTensorByteCount))
      }
      byteCount = product
    }
    guard shape.contains(0) || byteCount <= limits.maximumTensorByteCount else {
      throw error(.tensorTooLarge(key: name, shape: shape, limit: limits.maximumTensorByteCount))
    }
  }

  func read(
    _ name: String, _ info: TensorInfo, shape: [Int], byteRange: Range<Int>
  ) throws(SafetensorsError) -> Tensor {
    try check(name, info, shape: shape)
    let count = byteRange.count / (info.dtype.bitWidth / 8)
    if info.dtype == .float32, let view = view(shape: shape, byteRange: byteRange) { return view }
    let storage: TensorStorage
    do throws(TensorError) {
      storage = try TensorStorage(uninitializedCount: count)
    } catch {
      // The count has passed the limits, and so does not overflow.
      throw self.error(.outOfMemory(key: name, byteCount: count * MemoryLayout<Float>.stride))
    }
    try fill(UnsafeMutableBufferPointer(start: storage.base, count: count), info.dtype, byteRange: byteRange)
    return Tensor(shape: shape, storage: storage)
  }

  /// Reads elements into memory that has room for all of them.
  func fill(
    _ elements: UnsafeMutableBufferPointer<Float>, _ dtype: DType, byteRange: Range<Int>
  ) throws(SafetensorsError) {
    try reporting { () throws(SafetensorsError.Problem) in
      #if _endian(little)
        if dtype == .float32 {
          try bytes.read(into: UnsafeMutableRawBufferPointer(elements), at: byteRange.lowerBound)
          return
        }
      #endif
      var done = 0
      try bytes.forEachBlock(at: byteRange, blockByteCount: Self.conversionBlockByteCount) { block in
        let rest = UnsafeMutableBufferPointer(rebasing: elements[done...])
        done += dtype.convertToFloat(block, into: rest)
        return true
      }
    }
  }

  /// The elements where they lie, if they may be looked at there.
  private func view(shape: [Int], byteRange: Range<Int>) -> Tensor? {
    #if _endian(little)
      guard case .memory(let memory) = bytes, !byteRange.isEmpty, let base = memory.bytes.baseAddress else {
        return nil
      }
      let address = base + byteRange.lowerBound
      guard UInt(bitPattern: address).isMultiple(of: UInt(MemoryLayout<Float>.alignment)) else { return nil }
      let count = byteRange.count / MemoryLayout<Float>.stride
      let elements = address.bindMemory(to: Float.self, capacity: count)
      return Tensor(shape: shape, storage: TensorStorage(borrowing: elements, count: count, owner: memory))
    #else
      return nil
    #endif
  }

  /// Runs `body` and names the file in its error.
  func reporting<Result>(
    _ body: () throws(SafetensorsError.Problem) -> Result
  ) throws(SafetensorsError) -> Result {
    do throws(SafetensorsError.Problem) { return try body() } catch { throw self.error(error) }
  }
}
