/// Writing `Float` as elements of a checkpoint.
extension DType {
  /// Whether `encode` can write this type.
  public var isEncodable: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Converts `Float` to little-endian elements of this type, and appends them.
  ///
  /// Rounds to the nearest element, ties to even, as PyTorch's `.to(dtype)` does; what is beyond the largest becomes
  /// infinite. A NaN stays one.
  ///
  /// - Returns: Whether this is a type that can be written; nothing is appended where it is not.
  @discardableResult
  public func encode(_ elements: UnsafeBufferPointer<Float>, into bytes: inout [UInt8]) -> Bool {
    guard isEncodable else { return false }
    bytes.reserveCapacity(bytes.count + elements.count * bitWidth / 8)
    for element in elements {
      let bits: UInt64 =
        switch self {
        case .float16: UInt64(Self.float16Bits(of: element))
        case .bfloat16: UInt64(Self.bfloat16Bits(of: element))
        case .float64: Double(element).bitPattern
        default: UInt64(element.bitPattern)
        }
      withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0.prefix(bitWidth / 8)) }
    }
    return true
  }

  /// The upper half of the number, rounded by the lower half.
  static func bfloat16Bits(of value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
    return UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }

  /// The nearest IEEE half-precision number; see `float(float16Bits:)` for why `Float16` is not used.
  static func float16Bits(of value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let magnitude = bits & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 { return sign | 0x7E00 | UInt16(truncatingIfNeeded: magnitude >> 13 & 0x3FF) }
    // From 65,520 on, half a step above the largest, the nearest is infinite.
    if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
    if magnitude < 0x3880_0000 {
      // Below 2^-14 halves are multiples of 2^-24: the sum with 0.5 rounds to them, since that is its last place.
      let rounded = Float(bitPattern: magnitude) + 0.5
      return sign | UInt16(truncatingIfNeeded: rounded.bitPattern - Float(0.5).bitPattern)
    }
    let rounded = magnitude + 0xFFF + (magnitude >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded - (112 << 23)) >> 13)
  }
}
