import TensorCore

/// What the header of a safetensors file says about one tensor.
public struct TensorInfo: Sendable, Equatable {
  /// The element type.
  public let dtype: DType
  /// The extents. One above `Int.max`, which only a tensor without elements can have, reads as `Int.max`.
  public let shape: [Int]
  /// Where the data lie, counted from the start of the file.
  public let byteRange: Range<Int>
}
