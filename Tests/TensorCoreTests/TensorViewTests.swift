import Testing

@testable import TensorCore

@Suite struct TensorViewTests {
  /// 0, 1, 2, ... in `shape`.
  private func counting(_ shape: [Int]) throws -> Tensor {
    try Tensor((0..<shape.reduce(1, *)).map(Float.init), shape: shape)
  }

  @Test func transposedViewReadsColumnsAsRows() throws {
    let view = try counting([2, 3]).transposed(0, 1)
    #expect(view.shape == [3, 2])
    #expect(try view.elements == [0, 3, 1, 4, 2, 5])
    #expect(!view.isContiguous)
    #expect(try view.contiguous().strides == [2, 1])
    #expect(try view.contiguous().elements == view.elements)
  }

  @Test func slicesShareStorage() throws {
    let base = try counting([4, 5])
    let slice = try base.sliced(1..<3).sliced(2..<4, axis: 1)
    #expect(try slice.elements == [7, 8, 12, 13])
    #expect(slice.storage === base.storage)
    #expect(try slice.selected(1).elements == [12, 13])
    #expect(slice[1, 0] == 12)
  }

  @Test func broadcastRepeatsWithoutCopying() throws {
    let row = try counting([3])
    let grid = try row.broadcast(to: [2, 2, 3])
    #expect(grid.strides == [0, 0, 1])
    #expect(try grid.elements == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
    #expect(throws: TensorError.shapeMismatch(operation: "broadcast", left: [3], right: [2])) {
      try row.broadcast(to: [2])
    }
  }

  @Test func reshapeOfContiguousIsAView() throws {
    let base = try counting([2, 6])
    let view = try base.reshaped([3, 2, 2])
    #expect(view.storage === base.storage)
    #expect(try view.elements == base.elements)
    #expect(throws: TensorError.elementCountMismatch(shape: [5], elements: 12)) { try base.reshaped([5]) }
  }

  /// Splitting and merging axes of a strided view is possible exactly where no element has to move.
  @Test func reshapeOfStridedViews() throws {
    let base = try counting([4, 6])
    let columns = try base.sliced(0..<4, axis: 1)  // strides [6, 1]
    #expect(try columns.reshaped([2, 2, 4]).elements == columns.elements)
    #expect(try columns.reshaped([4, 2, 2]).elements == columns.elements)
    #expect(try columns.reshaped([4, 1, 4]).elements == columns.elements)
    #expect(
      throws: TensorError.notViewable(operation: "reshaped", shape: [16], strides: [6, 1])
    ) { try columns.reshaped([16]) }
    let transposed = try base.transposed(0, 1)
    #expect(throws: TensorError.self) { try transposed.reshaped([24]) }
    #expect(try transposed.reshaped([3, 2, 4]).elements == transposed.elements)
  }

  @Test func emptyAndScalarShapes() throws {
    #expect(try Tensor([], shape: [0, 3]).elements.isEmpty)
    #expect(try Tensor([], shape: [0, 3]).transposed(0, 1).contiguous().shape == [3, 0])
    #expect(try Tensor([7], shape: []).elements == [7])
    #expect(try Tensor(repeating: 2, shape: [2, 2]).elements == [2, 2, 2, 2])
  }

  @Test func impossibleShapesAreRefused() {
    #expect(throws: TensorError.invalidShape([-1])) { try Tensor([], shape: [-1]) }
    #expect(throws: TensorError.invalidShape([Int.max, 2])) { try Tensor([], shape: [Int.max, 2]) }
    #expect(throws: TensorError.invalidShape([0, 1 << 62, 4])) { try Tensor([], shape: [0, 1 << 62, 4]) }
    #expect(throws: TensorError.invalidShape([1 << 62])) { try Tensor(repeating: 0, shape: [1 << 62]) }
    #expect(throws: TensorError.elementCountMismatch(shape: [2], elements: 3)) {
      try Tensor([1, 2, 3], shape: [2])
    }
  }

  /// Shapes come from files and configurations, so no size may end the process.
  @Test func memoryThatIsNotThereIsATypedError() throws {
    let count = 1 << 50
    #expect(throws: TensorError.outOfMemory(bytes: 4 * count)) {
      try Tensor(shape: [count]) { _ in Issue.record("there is no memory to initialise") }
    }
    #expect(throws: TensorError.outOfMemory(bytes: .max)) { try TensorStorage(uninitializedCount: .max) }
    #expect(throws: TensorError.outOfMemory(bytes: 4 * count)) { try Workspace(capacity: count) }
    let view = try Tensor(repeating: 0, shape: [2, count / 2])
    #expect(throws: TensorError.outOfMemory(bytes: 4 * count)) { try view.contiguous() }
    #expect(throws: TensorError.outOfMemory(bytes: 4 * count)) {
      try view.withUnsafeBufferPointer { _ in Issue.record("there is no memory to show") }
    }
    #expect(throws: TensorError.outOfMemory(bytes: 4 * count)) { try view.elements }
    #expect("\(TensorError.outOfMemory(bytes: 12))" == "no memory for 12 bytes of tensor")
  }

  @Test func accessOutsideTheShapeIsATypedError() throws {
    let base = try counting([2, 3])
    #expect(throws: TensorError.self) { try base.sliced(0..<4, axis: 1) }
    #expect(throws: TensorError.self) { try base.sliced(0..<1, axis: 2) }
    #expect(throws: TensorError.self) { try base.selected(2) }
    #expect(throws: TensorError.self) { try base.transposed(0, 5) }
  }

  @Test func storageIsAligned() throws {
    for count in [1, 3, 17, 1000] {
      let address = UInt(bitPattern: try counting([count]).storage.base)
      #expect(address % UInt(TensorStorage.alignment) == 0)
    }
  }
}
