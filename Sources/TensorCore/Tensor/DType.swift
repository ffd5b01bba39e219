/// The element types that a file of tensors can hold.
///
/// Computation here is in `Float`; the other types exist at the file boundary.
public enum DType: Sendable, CaseIterable {
  case bool
  case uint8
  case int8
  case int16
  case uint16
  case int32
  case uint32
  case int64
  case uint64
  case float16
  case bfloat16
  case float32
  case float64
  case complex64
  case float8E5M2
  case float8E4M3
  case float8E8M0
  case float8E4M3FNUZ
  case float8E5M2FNUZ
  case float6E2M3
  case float6E3M2
  case float4

  /// The size of one element in bits. The 4- and 6-bit types are packed.
  public var bitWidth: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ: 8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .int64, .uint64, .float64, .complex64: 64
    }
  }
}
