/// Reading elements of a checkpoint as `Float`.
extension DType {
  /// Whether `convertToFloat` can read this type.
  ///
  /// The 8-, 6- and 4-bit floating-point types need scales that a checkpoint keeps elsewhere, and a complex
  /// number is not one `Float`: none of them is read.
  public var isConvertibleToFloat: Bool {
    switch self {
    case .bool, .uint8, .int8, .int16, .uint16, .int32, .uint32, .int64, .uint64: true
    case .float16, .bfloat16, .float32, .float64: true
    case .complex64, .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ: false
    case .float6E2M3, .float6E3M2, .float4: false
    }
  }

  /// Converts little-endian elements of this type, at any alignment, to `Float`.
  ///
  /// Exact for `F16`, `BF16`, `F32` and integers of up to 24 significant bits; everything else rounds to the
  /// nearest `Float`, ties to even, as PyTorch's `.to(torch.float32)` does. `BOOL` gives 0 or 1. A signalling
  /// NaN of `F16` becomes quiet; the rest of a NaN's payload is kept.
  ///
  /// - Parameters:
  ///   - source: Whole elements of this type.
  ///   - destination: Uninitialised memory for as many elements.
  /// - Returns: The number of elements written: as many as both buffers hold, or 0 for a type that cannot
  ///   be converted.
  @discardableResult
  public func convertToFloat(
    _ source: UnsafeRawBufferPointer, into destination: UnsafeMutableBufferPointer<Float>
  ) -> Int {
    guard isConvertibleToFloat, let from = source.baseAddress, let to = destination.baseAddress else {
      return 0
    }
    let count = Swift.min(source.count / (bitWidth / 8), destination.count)
    switch self {
    case .bool: convert(from, to, count) { (byte: UInt8) in byte == 0 ? 0 : 1 }
    case .uint8: convert(from, to, count) { (value: UInt8) in Float(value) }
    case .int8: convert(from, to, count) { (value: Int8) in Float(value) }
    case .uint16: convert(from, to, count) { (value: UInt16) in Float(UInt16(littleEndian: value)) }
    case .int16: convert(from, to, count) { (value: Int16) in Float(Int16(littleEndian: value)) }
    case .uint32: convert(from, to, count) { (value: UInt32) in Float(UInt32(littleEndian: value)) }
    case .int32: convert(from, to, count) { (value: Int32) in Float(Int32(littleEndian: value)) }
    case .uint64: convert(from, to, count) { (value: UInt64) in Float(UInt64(littleEndian: value)) }
    case .int64: convert(from, to, count) { (value: Int64) in Float(Int64(littleEndian: value)) }
    case .float16:
      convert(from, to, count) { (bits: UInt16) in Self.float(float16Bits: UInt16(littleEndian: bits)) }
    case .bfloat16:
      convert(from, to, count) { (bits: UInt16) in
        Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
      }
    case .float32:
      convert(from, to, count) { (bits: UInt32) in Float(bitPattern: UInt32(littleEndian: bits)) }
    case .float64:
      convert(from, to, count) { (bits: UInt64) in Float(Double(bitPattern: UInt64(littleEndian: bits))) }
    default: return 0
    }
    return count
  }

  /// The value of an IEEE half-precision number.
  ///
  /// `Float16` is not used: without a compiler flag its conversion is a library call for each element on
  /// x86-64, and the type does not exist on every platform. This form has no branch and vectorises.
  @inline(__always)
  static func float(float16Bits bits: UInt16) -> Float {
    let magnitude = UInt32(bits & 0x7FFF)
    let sign = UInt32(bits & 0x8000) << 16
    // Exponent and fraction moved to their places in a Float are the value times 2^-112, subnormals
    // included, and the product is exact.
    let scaled = Float(bitPattern: magnitude << 13) * Float(bitPattern: (112 + 127) << 23)
    let infinityOrNaN: UInt32 = magnitude >= 0x7C00 ? 0x7F80_0000 : 0
    let quiet: UInt32 = magnitude > 0x7C00 ? 0x0040_0000 : 0
    return Float(bitPattern: scaled.bitPattern | infinityOrNaN | quiet | sign)
  }
}

@inline(__always)
private func convert<Element: BitwiseCopyable>(
  _ source: UnsafeRawPointer, _ destination: UnsafeMutablePointer<Float>, _ count: Int,
  _ value: (Element) -> Float
) {
  for index in 0..<count {
    let element = source.loadUnaligned(
      fromByteOffset: index &* MemoryLayout<Element>.stride, as: Element.self)
    (destination + index).initialize(to: value(element))
  }
}
