/// Bounds on what a safetensors file may make the reader do. A negative one allows as little as zero.
public struct SafetensorsLimits: Sendable, Equatable {
  /// The longest header in bytes; 100,000,000 as in the reference implementation.
  public var maximumHeaderByteCount: Int
  /// The most axes of one tensor. The reference has no such limit; no model comes near this one.
  public var maximumDimensionCount: Int
  /// The most JSON values in the header, which bounds the memory to parse it.
  public var maximumHeaderValueCount: Int
  /// The most memory in bytes that one tensor may take as `Float`.
  public var maximumTensorByteCount: Int

  /// Makes limits; the defaults accept every real model.
  public init(
    maximumHeaderByteCount: Int = 100_000_000, maximumDimensionCount: Int = 4096,
    maximumHeaderValueCount: Int = 10_000_000, maximumTensorByteCount: Int = 1 << 36
  ) {
    self.maximumHeaderByteCount = maximumHeaderByteCount
    self.maximumDimensionCount = maximumDimensionCount
    self.maximumHeaderValueCount = maximumHeaderValueCount
    self.maximumTensorByteCount = maximumTensorByteCount
  }
}
