import Platform
import TensorCore

/// A file of tensors in one of the formats that are read.
protocol WeightsFile: TensorSource {
  /// The whole file.
  var bytes: ByteSource { get }
  /// The element type of a tensor, `nil` where there is none of that name.
  func dtype(of name: String) -> DType?
  /// Calls `body` with the elements of a tensor, in order and in blocks of whole elements, as they stand in the file.
  ///
  /// - Parameter rows: Those along the first axis that are wanted; `nil` for all of the tensor.
  func forEachBlock(of name: String, rows: Range<Int>?, _ body: (UnsafeRawBufferPointer) throws -> Void)
    throws
}

extension WeightsFile {
  /// The SHA-256 of the whole file, in lower-case hexadecimal.
  ///
  /// - Throws: `FileError`, `DigestError`.
  func sha256() throws -> String {
    var hash = try MessageDigest(.sha256)
    try bytes.forEachBlock(at: 0..<bytes.byteCount) { try hash.update($0) }
    return try hash.finish()
  }
}

extension ByteSource {
  /// As `forEachBlock(at:blockByteCount:_:)`, in blocks of a megabyte, until `body` throws.
  func forEachBlock(at range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var failure: (any Error)?
    try forEachBlock(at: range, blockByteCount: 1 << 20) { block in
      do { try body(block) } catch { failure = error }
      return failure == nil
    }
    if let failure { throw failure }
  }
}

extension SafetensorsFile: WeightsFile {
  func dtype(of name: String) -> DType? { tensors[name]?.dtype }

  func forEachBlock(
    of name: String, rows: Range<Int>?, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let info = try info(of: name)
    let range = try rows.map { rows throws(CheckpointError) in try byteRange(name, info, rows: rows) }
    try bytes.forEachBlock(at: range ?? info.byteRange, body)
  }
}

extension PyTorchFile: WeightsFile {
  func dtype(of name: String) -> DType? { tensors[name]?.dtype }

  func forEachBlock(
    of name: String, rows: Range<Int>?, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let stored = try stored(name)
    let tensor = try rows.map { rows throws(CheckpointError) in try part(name, stored, rows: rows) }
    try forEachBlock(of: tensor ?? stored.tensor, stored, body)
  }

  private func forEachBlock(
    of tensor: PyTorchTensor, _ stored: Stored, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard let count = tensor.count, count > 0 else { return }
    if tensor.isContiguous {
      let start = stored.start + tensor.offset * stored.elementByteCount
      try bytes.forEachBlock(at: start..<(start + count * stored.elementByteCount), body)
    } else {
      var failure: (any Error)?
      try forEachGatheredBlock(tensor, stored) { block in
        do { try body(block) } catch { failure = error }
        return failure == nil
      }
      if let failure { throw failure }
    }
  }
}
