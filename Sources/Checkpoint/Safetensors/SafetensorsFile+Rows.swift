import Platform
import TensorCore

extension SafetensorsFile {
  /// The elements at `rows` along a tensor's first axis as `Float`; the rest of it is not read.
  ///
  /// - Throws: As `tensor(_:)`, and for rows outside the tensor.
  public func tensor(_ name: String, rows: Range<Int>) throws(CheckpointError) -> Tensor {
    let info = try info(of: name)
    let byteRange = try byteRange(name, info, rows: rows)
    var shape = info.shape
    shape[0] = rows.count
    return try read(name, info, shape: shape, byteRange: byteRange)
  }

  /// Writes the elements at `rows` along a tensor's first axis into memory that holds exactly them.
  ///
  /// In a mapped file, the pages that the rows came from are given back to the system: it reads them again
  /// should somebody look at them.
  ///
  /// - Throws: `CheckpointError` as `tensor(_:rows:)`; `TensorError.elementCountMismatch` where `elements`
  ///   has another length.
  public func read(
    _ name: String, rows: Range<Int>, into elements: UnsafeMutableBufferPointer<Float>
  ) throws {
    let info = try info(of: name)
    let byteRange = try byteRange(name, info, rows: rows)
    guard byteRange.count / (info.dtype.bitWidth / 8) == elements.count else {
      throw TensorError.elementCountMismatch(
        shape: [rows.count] + info.shape.dropFirst(), elements: elements.count)
    }
    try reporting { () throws(FileError) in
      try bytes.fill(elements, info.dtype, byteRange: byteRange)
    }
    bytes.release(byteRange)
  }

  /// Where the rows of a tensor lie, once they are known to be rows of `Float`.
  func byteRange(
    _ name: String, _ info: TensorInfo, rows: Range<Int>
  ) throws(CheckpointError) -> Range<Int> {
    guard let rowCount = info.shape.first, rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw error(.rowsOutOfRange(key: name, rows: rows, shape: info.shape))
    }
    // Convertible types have whole bytes, and the rows are equally long; a tensor without rows has no bytes.
    try check(name, info, shape: info.shape)
    let rowByteCount = rowCount == 0 ? 0 : info.byteRange.count / rowCount
    let start = info.byteRange.lowerBound
    return (start + rows.lowerBound * rowByteCount)..<(start + rows.upperBound * rowByteCount)
  }
}
