import TensorCore

/// The layout of the memory of a forward and a backward pass, made before any of it is allocated.
package struct TrainingMemory: Sendable {
  /// Rows of floats, one image after the other.
  package struct Buffer: Sendable {
    /// Of one image.
    package let rows: Int
    /// Of a row in floats.
    package let width: Int
    let offset: Int

    /// The same memory for fewer rows of each image, which then follow each other.
    package func first(_ rows: Int) -> Buffer { Buffer(rows: rows, width: width, offset: offset) }

    /// The same memory for rows of another width, of no more floats.
    package func reshaped(rows: Int, width: Int) -> Buffer {
      Buffer(rows: rows, width: width, offset: offset)
    }
  }

  /// The images of a pass at most.
  package let images: Int
  private var used = 0
  /// In floating point, because the exact sum of hostile extents might overflow.
  package private(set) var demand = 0.0

  package init(images: Int) { self.images = images }

  /// The most floats of a pass: 32 GiB.
  package static let limit = 1 << 33

  /// The floats of all buffers; `demand` must be within the limit.
  package var count: Int { used }

  /// Asks for a buffer.
  ///
  /// - Parameters:
  ///   - rows: Of one image.
  ///   - width: Of a row in floats.
  package mutating func buffer(rows: Int, width: Int) -> Buffer {
    demand += Double(images) * Double(rows) * Double(width) + Double(Workspace.rounded(1))
    guard demand < Double(Self.limit) else { return Buffer(rows: rows, width: width, offset: 0) }
    defer { used += Workspace.rounded(images * rows * width) }
    return Buffer(rows: rows, width: width, offset: used)
  }

  /// Asks for memory that does not belong to images.
  ///
  /// - Returns: Where it begins.
  package mutating func floats(_ count: Int) -> Int {
    demand += Double(count) + Double(Workspace.rounded(1))
    guard demand < Double(Self.limit) else { return 0 }
    defer { used += Workspace.rounded(count) }
    return used
  }
}
