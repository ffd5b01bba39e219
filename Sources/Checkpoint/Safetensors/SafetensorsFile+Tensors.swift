import Platform
import TensorCore

extension SafetensorsFile {
  /// The elements of a tensor as `Float`.
  ///
  /// F32 is read straight into the tensor's memory, or is a view where the file is embedded and the data
  /// lie at a multiple of four bytes. Other types are converted block by block; see
  /// `DType.convertToFloat`.
  ///
  /// - Throws: `CheckpointError`: no such tensor, a type that is no number, a file that cannot be read.
  public func tensor(_ name: String) throws(CheckpointError) -> Tensor {
    let info = try info(of: name)
    return try read(name, info, shape: info.shape, byteRange: info.byteRange)
  }

  /// The bytes of a tensor of any type, as they stand in the file.
  ///
  /// - Throws: `CheckpointError`: no such tensor, a file that cannot be read.
  public func rawBytes(of name: String) throws(CheckpointError) -> [UInt8] {
    let info = try info(of: name)
    return try reporting { () throws(FileError) in try bytes.bytes(at: info.byteRange) }
  }

  /// Calls `body` with the bytes of a tensor of any type, as they stand in the file. They are at no
  /// particular alignment and are valid during the call only.
  ///
  /// - Throws: `CheckpointError`, or what `body` throws.
  public func withUnsafeBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let info = try info(of: name)
    return try reporting { () throws(FileError) in
      try bytes.withBytes(at: info.byteRange) { bytes in Swift.Result { try body(bytes) } }
    }.get()
  }

  /// The former name of `withUnsafeBytes(of:_:)`.
  @available(*, deprecated, renamed: "withUnsafeBytes(of:_:)")
  public func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result { try withUnsafeBytes(of: name, body) }

  func info(of name: String) throws(CheckpointError) -> TensorInfo {
    guard let info = tensors[name] else { throw error(.noSuchTensor(key: name)) }
    return info
  }

  func error(_ problem: CheckpointError.Problem) -> CheckpointError {
    CheckpointError(file: path, problem: problem)
  }

  /// Whether a tensor can be had as `Float` in memory.
  func check(_ name: String, _ info: TensorInfo, shape: [Int]) throws(CheckpointError) {
    guard info.dtype.isConvertibleToFloat else {
      throw error(.unsupportedDType(key: name, dtype: info.dtype))
    }
    do throws(CheckpointError.Problem) {
      try FloatMemory.check(name, shape: shape, limit: limits.maximumTensorByteCount)
    } catch {
      throw self.error(error)
    }
  }

  func read(
    _ name: String, _ info: TensorInfo, shape: [Int], byteRange: Range<Int>
  ) throws(CheckpointError) -> Tensor {
    try check(name, info, shape: shape)
    let count = byteRange.count / (info.dtype.bitWidth / 8)
    if info.dtype == .float32, let view = bytes.view(shape: shape, byteRange: byteRange) { return view }
    let storage: TensorStorage
    do throws(CheckpointError.Problem) {
      storage = try FloatMemory.allocate(name, count: count)
    } catch {
      throw self.error(error)
    }
    try reporting { () throws(FileError) in
      try bytes.fill(
        UnsafeMutableBufferPointer(start: storage.base, count: count), info.dtype, byteRange: byteRange)
    }
    return Tensor(shape: shape, storage: storage)
  }

  /// Runs `body` and names the file in its error.
  func reporting<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(CheckpointError) -> Result {
    do throws(FileError) { return try body() } catch { throw self.error(.unreadable(error)) }
  }
}
