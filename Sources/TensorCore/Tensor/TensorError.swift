/// What can be wrong with a tensor operation. Cases carry the operands' shapes, where it is about those.
public enum TensorError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An extent is negative, or the product of the extents cannot be addressed.
  case invalidShape([Int])
  /// The number of elements given is not the number that the shape holds.
  case elementCountMismatch(shape: [Int], elements: Int)
  /// Two operands do not fit together in `operation`.
  case shapeMismatch(operation: String, left: [Int], right: [Int])
  /// An axis or an index lies outside the shape.
  case outOfBounds(operation: String, value: Int, shape: [Int])
  /// A view with this shape cannot be made without copying.
  case notViewable(operation: String, shape: [Int], strides: [Int])
  /// The system gave no memory for the elements.
  case outOfMemory(bytes: Int)

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .invalidShape(let shape):
      "shape \(shape) has a negative extent or more elements than can be addressed"
    case .elementCountMismatch(let shape, let elements):
      "\(elements) elements do not fill shape \(shape)"
    case .shapeMismatch(let operation, let left, let right):
      "\(operation): shapes \(left) and \(right) do not fit together"
    case .outOfBounds(let operation, let value, let shape):
      "\(operation): \(value) is outside shape \(shape)"
    case .notViewable(let operation, let shape, let strides):
      "\(operation): no view of shape \(shape) with strides \(strides); copy with contiguous() first"
    case .outOfMemory(let bytes):
      "no memory for \(bytes) bytes of tensor"
    }
  }
}
