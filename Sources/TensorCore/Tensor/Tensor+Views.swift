/// Views: none of these moves an element.
extension Tensor {
  /// The same elements, in the same row-major order, under another shape.
  ///
  /// - Throws: `TensorError.elementCountMismatch` when the counts differ, and
  ///   `TensorError.notViewable` for strides that no view of the new shape can express.
  public func reshaped(_ newShape: [Int]) throws(TensorError) -> Tensor {
    let newCount = try Self.checkedCount(newShape)
    guard newCount == count else {
      throw .elementCountMismatch(shape: newShape, elements: count)
    }
    if isContiguous {
      return Tensor(
        shape: newShape, strides: Self.rowMajorStrides(newShape), offset: offset, storage: storage)
    }
    guard let newStrides = Self.viewStrides(shape: shape, strides: strides, newShape: newShape) else {
      throw .notViewable(operation: "reshaped", shape: newShape, strides: strides)
    }
    return Tensor(shape: newShape, strides: newStrides, offset: offset, storage: storage)
  }

  /// Exchanges two axes.
  public func transposed(_ first: Int, _ second: Int) throws(TensorError) -> Tensor {
    for axis in [first, second] where !shape.indices.contains(axis) {
      throw .outOfBounds(operation: "transposed", value: axis, shape: shape)
    }
    var newShape = shape
    var newStrides = strides
    newShape.swapAt(first, second)
    newStrides.swapAt(first, second)
    return Tensor(shape: newShape, strides: newStrides, offset: offset, storage: storage)
  }

  /// The elements of `range` along `axis`.
  public func sliced(_ range: Range<Int>, axis: Int = 0) throws(TensorError) -> Tensor {
    guard shape.indices.contains(axis) else {
      throw .outOfBounds(operation: "sliced", value: axis, shape: shape)
    }
    guard range.lowerBound >= 0, range.upperBound <= shape[axis] else {
      let value = range.lowerBound < 0 ? range.lowerBound : range.upperBound
      throw .outOfBounds(operation: "sliced", value: value, shape: shape)
    }
    var newShape = shape
    newShape[axis] = range.count
    return Tensor(
      shape: newShape, strides: strides, offset: offset + range.lowerBound * strides[axis],
      storage: storage)
  }

  /// The elements at `index` along `axis`, which disappears.
  public func selected(_ index: Int, axis: Int = 0) throws(TensorError) -> Tensor {
    guard shape.indices.contains(axis) else {
      throw .outOfBounds(operation: "selected", value: axis, shape: shape)
    }
    guard index >= 0, index < shape[axis] else {
      throw .outOfBounds(operation: "selected", value: index, shape: shape)
    }
    var newShape = shape
    var newStrides = strides
    newShape.remove(at: axis)
    let stride = newStrides.remove(at: axis)
    return Tensor(shape: newShape, strides: newStrides, offset: offset + index * stride, storage: storage)
  }

  /// This tensor repeated to `newShape` by NumPy's rules: axes are matched from the last, and an axis
  /// of extent 1 or a missing one is repeated with stride 0.
  public func broadcast(to newShape: [Int]) throws(TensorError) -> Tensor {
    _ = try Self.checkedCount(newShape)
    guard newShape.count >= rank else {
      throw .shapeMismatch(operation: "broadcast", left: shape, right: newShape)
    }
    let added = newShape.count - rank
    var newStrides = [Int](repeating: 0, count: newShape.count)
    for axis in shape.indices {
      if shape[axis] == newShape[axis + added] {
        newStrides[axis + added] = strides[axis]
      } else if shape[axis] != 1 {
        throw .shapeMismatch(operation: "broadcast", left: shape, right: newShape)
      }
    }
    return Tensor(shape: newShape, strides: newStrides, offset: offset, storage: storage)
  }

  /// Strides that see memory laid out as (`shape`, `strides`) under `newShape`, if there are any.
  ///
  /// Old and new axes are grouped from the front into runs of equal product; a run can be regrouped
  /// only when its old axes lie one inside the other without a gap.
  private static func viewStrides(shape: [Int], strides: [Int], newShape: [Int]) -> [Int]? {
    let old = zip(shape, strides).filter { $0.0 != 1 }
    var result = [Int](repeating: 1, count: newShape.count)
    var oldAxis = 0
    var newAxis = 0
    while oldAxis < old.count, newAxis < newShape.count {
      var oldEnd = oldAxis + 1
      var newEnd = newAxis + 1
      var oldProduct = old[oldAxis].0
      var newProduct = newShape[newAxis]
      while oldProduct != newProduct {
        if oldProduct < newProduct {
          guard oldEnd < old.count else { return nil }
          oldProduct *= old[oldEnd].0
          oldEnd += 1
        } else {
          guard newEnd < newShape.count else { return nil }
          newProduct *= newShape[newEnd]
          newEnd += 1
        }
      }
      for axis in oldAxis..<(oldEnd - 1) where old[axis].1 != old[axis + 1].0 * old[axis + 1].1 {
        return nil
      }
      result[newEnd - 1] = old[oldEnd - 1].1
      for axis in (newAxis..<(newEnd - 1)).reversed() {
        result[axis] = result[axis + 1] * newShape[axis + 1]
      }
      oldAxis = oldEnd
      newAxis = newEnd
    }
    return result
  }
}
