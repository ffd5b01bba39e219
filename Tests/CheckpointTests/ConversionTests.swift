import TensorCore
import Testing

@Suite struct ConversionTests {
  private func floats(_ dtype: DType, _ bytes: [UInt8], count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = bytes.withUnsafeBytes { dtype.convertToFloat($0, into: buffer) }
    }
  }

  private func allPatterns() -> [UInt8] {
    (0..<65_536).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
  }

  @Test func everyFloat16PatternIsExact() {
    let values = floats(.float16, allPatterns(), count: 65_536)
    var mismatches: [Int] = []
    for pattern in 0..<65_536 {
      // The definition of the format, in Double, which holds every value exactly.
      let exponent = pattern >> 10 & 31
      let fraction = pattern & 1023
      let magnitude: Double =
        switch (exponent, fraction) {
        case (31, 0): .infinity
        case (31, _): .nan
        case (0, _): Double(fraction) / 16_777_216
        default: Double(1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
        }
      let value = values[pattern]
      let negative = pattern & 0x8000 != 0
      let isRight =
        magnitude.isNaN
        ? value.isNaN && !value.isSignalingNaN && value.bitPattern >> 13 & 0x1FF == UInt32(fraction & 0x1FF)
        : Double(value.magnitude) == magnitude
      if !isRight || (value.sign == .minus) != negative { mismatches.append(pattern) }
    }
    #expect(values.count == 65_536)
    #expect(mismatches.isEmpty)
  }

  @Test func everyBFloat16PatternIsExact() {
    let values = floats(.bfloat16, allPatterns(), count: 65_536)
    var mismatches: [Int] = []
    for pattern in 0..<65_536 {
      let exponent = pattern >> 7 & 255
      let fraction = pattern & 127
      let magnitude: Double =
        switch (exponent, fraction) {
        case (255, 0): .infinity
        case (255, _): .nan
        case (0, _): Double(fraction) * Double(sign: .plus, exponent: -133, significand: 1)
        default: Double(128 + fraction) * Double(sign: .plus, exponent: exponent - 134, significand: 1)
        }
      let value = values[pattern]
      let isRight =
        magnitude.isNaN
        ? value.isNaN && Int(value.bitPattern >> 16) == pattern : Double(value.magnitude) == magnitude
      if !isRight || (value.sign == .minus) != (pattern & 0x8000 != 0) { mismatches.append(pattern) }
    }
    #expect(values.count == 65_536)
    #expect(mismatches.isEmpty)
  }

  @Test func wideTypesRoundToNearestEven() {
    func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    let doubles: [Double] = [
      0.1, 1 + 0x1p-24, 1 + 0x1p-24 + 0x1p-50, 1 + 3 * 0x1p-24, 1e300, -0x1p-1060, -0.0,
    ]
    #expect(
      floats(.float64, doubles.flatMap { bytes($0.bitPattern) }, count: 7).map(\.bitPattern)
        == ([0.1, 1, 1 + 0x1p-23, 1 + 0x1p-22, .infinity, -0.0, -0.0] as [Float]).map(\.bitPattern))
    #expect(
      floats(.int64, [Int64.min, 16_777_217, 16_777_219, -1].flatMap(bytes), count: 4)
        == [-0x1p63, 16_777_216, 16_777_220, -1])
    #expect(floats(.uint64, bytes(UInt64.max), count: 1) == [0x1p64])
    #expect(floats(.uint32, bytes(UInt32.max), count: 1) == [0x1p32])
  }

  @Test func anyAlignmentIsRead() {
    let bytes: [UInt8] = [9, 0, 0, 128, 63, 0, 0, 0, 192]
    let values = bytes.withUnsafeBytes { whole in
      [Float](unsafeUninitializedCapacity: 2) { buffer, initialized in
        initialized = DType.float32.convertToFloat(
          UnsafeRawBufferPointer(rebasing: whole[1...]), into: buffer)
      }
    }
    #expect(values == [1, -2])
  }

  @Test func typesWithoutAFloatValueAreNotConverted() {
    let refused = DType.allCases.filter { !$0.isConvertibleToFloat }
    #expect(refused.count == 9)
    for dtype in refused { #expect(floats(dtype, [0, 0, 0, 0, 0, 0, 0, 0], count: 1).isEmpty) }
  }
}
