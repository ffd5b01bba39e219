import Platform
import TensorCore
import ViTModel

/// Floats in the places of a `ParameterLayout`: values, gradients, moments or averages.
///
/// It begins with zeros. Pages that nobody writes take no memory, so that a buffer may have the places of a whole
/// network when little of it is learnt. Who writes it sees to it that nobody reads it meanwhile.
package final class FlatBuffer: @unchecked Sendable {
  /// The first float, at the beginning of a cache line.
  package let base: UnsafeMutablePointer<Float>
  package let count: Int
  private let memory: UnsafeMutableRawPointer

  /// - Throws: `TensorError.outOfMemory`.
  package init(count: Int) throws(TensorError) {
    let alignment = TensorStorage.alignment
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    guard !overflow, bytes <= Int.max - alignment, let memory = calloc(bytes + alignment, 1) else {
      throw .outOfMemory(bytes: overflow ? .max : bytes)
    }
    self.memory = memory
    self.count = count
    base = memory.alignedUp(toMultipleOf: alignment).bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit { free(memory) }

  /// The floats of a parameter.
  package func values(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "no such place in a flat buffer")
    return UnsafeMutableBufferPointer(start: base + range.lowerBound, count: range.count)
  }
}

/// One tensor of what has to be kept in order to go on later: whoever saves it reads its floats, and whoever restores it
/// writes them, bit for bit.
package struct StateTensor {
  /// What it is, and the parameter that it belongs to: `exp_avg/vit.layernorm.weight`.
  package let name: String
  package let shape: [Int]
  /// Valid as long as this value.
  package var floats: UnsafeMutableBufferPointer<Float> { buffer.values(range) }

  private let buffer: FlatBuffer
  private let range: Range<Int>

  /// The learnt parameters' places of a buffer.
  static func tensors(
    _ purpose: String, of buffer: FlatBuffer, _ layout: ParameterLayout, learns: [Bool]
  ) -> [StateTensor] {
    zip(layout.parameters, learns).filter(\.1).map { parameter, _ in
      StateTensor(
        name: "\(purpose)/\(parameter.name)", shape: parameter.shape, buffer: buffer, range: parameter.range)
    }
  }
}
