import Platform
import TensorCore

extension ByteSource {
  /// The bytes that are converted at once. They stay in the first caches, and a block allocated between two
  /// tensors leaves no hole worth mentioning in the heap (a megabyte did: a fifth more peak memory).
  static let conversionBlockByteCount = 1 << 16

  /// Reads elements that lie one after the other into memory that has room for all of them.
  func fill(
    _ elements: UnsafeMutableBufferPointer<Float>, _ dtype: DType, byteRange: Range<Int>
  ) throws(FileError) {
    #if _endian(little)
      if dtype == .float32 {
        try read(into: UnsafeMutableRawBufferPointer(elements), at: byteRange.lowerBound)
        return
      }
    #endif
    var done = 0
    try forEachBlock(at: byteRange, blockByteCount: Self.conversionBlockByteCount) { block in
      let rest = UnsafeMutableBufferPointer(rebasing: elements[done...])
      done += dtype.convertToFloat(block, into: rest)
      return true
    }
  }

  /// Elements of type F32 where they lie, if they may be looked at there.
  func view(shape: [Int], byteRange: Range<Int>) -> Tensor? {
    #if _endian(little)
      guard case .memory(let memory) = self, !byteRange.isEmpty, let base = memory.bytes.baseAddress else {
        return nil
      }
      let address = base + byteRange.lowerBound
      guard UInt(bitPattern: address).isMultiple(of: UInt(MemoryLayout<Float>.alignment)) else { return nil }
      let count = byteRange.count / MemoryLayout<Float>.stride
      let elements = address.bindMemory(to: Float.self, capacity: count)
      return Tensor(shape: shape, storage: TensorStorage(borrowing: elements, count: count, owner: memory))
    #else
      return nil
    #endif
  }
}
