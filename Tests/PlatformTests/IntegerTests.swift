import Platform
import Testing

@Suite struct IntegerTests {
  @Test func bytesAreReadInBothOrders() {
    let bytes: [UInt8] = [0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0]
    #expect(bytes.littleEndianInteger == 0xF0DE_BC9A_7856_3412)
    #expect(bytes.bigEndianInteger == 0x1234_5678_9ABC_DEF0)
    #expect(bytes[1..<3].littleEndianInteger == 0x5634)
    #expect(bytes[1..<3].bigEndianInteger == 0x3456)
    #expect(bytes[..<0].littleEndianInteger == 0)
  }

  @Test func aProductThatDoesNotFitIsNone() {
    #expect(Int.product([]) == 1)
    #expect(Int.product([3, 0, 5]) == 0)
    #expect(Int.product([.max, 1]) == .max)
    #expect(Int.product([.max, 2, 0]) == nil)
    #expect(UInt64.product([1 << 32, 1 << 32]) == nil)
  }

  @Test func noArrayIsTooLargeToAskFor() {
    #expect(isMemoryAvailable(byteCount: 1 << 27))
    #expect(!isMemoryAvailable(byteCount: 1 << 60))
    #expect(!isMemoryAvailable(byteCount: .max))
  }
}
