import TensorCore

/// The names that safetensors gives to element types.
extension DType {
  /// The type's name in a header, such as `F32`.
  public var safetensorsName: String {
    switch self {
    case .bool: "BOOL"
    case .uint8: "U8"
    case .int8: "I8"
    case .int16: "I16"
    case .uint16: "U16"
    case .int32: "I32"
    case .uint32: "U32"
    case .int64: "I64"
    case .uint64: "U64"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .float32: "F32"
    case .float64: "F64"
    case .complex64: "C64"
    case .float8E5M2: "F8_E5M2"
    case .float8E4M3: "F8_E4M3"
    case .float8E8M0: "F8_E8M0"
    case .float8E4M3FNUZ: "F8_E4M3FNUZ"
    case .float8E5M2FNUZ: "F8_E5M2FNUZ"
    case .float6E2M3: "F6_E2M3"
    case .float6E3M2: "F6_E3M2"
    case .float4: "F4"
    }
  }

  /// The type of that name in a header, which is case-sensitive; `nil` for any other text.
  public init?(safetensorsName name: String) {
    guard let dtype = Self.bySafetensorsName[name] else { return nil }
    self = dtype
  }

  private static let bySafetensorsName = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.safetensorsName, $0) })

  /// The old name of ``safetensorsName``.
  @available(*, deprecated, renamed: "safetensorsName")
  public var rawValue: String { safetensorsName }

  /// The old name of ``init(safetensorsName:)``.
  @available(*, deprecated, renamed: "init(safetensorsName:)")
  public init?(rawValue: String) { self.init(safetensorsName: rawValue) }
}
