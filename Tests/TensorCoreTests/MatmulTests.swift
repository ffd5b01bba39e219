import Testing

@testable import TensorCore

@Suite struct MatmulTests {
  /// Small integers: every product and sum is exact in Float, so results must be equal, not close.
  private func integers(_ shape: [Int], seed: Int) throws -> Tensor {
    let count = shape.reduce(1, *)
    return try Tensor((0..<count).map { Float(($0 * 7 + seed * 13) % 11 - 5) }, shape: shape)
  }

  private func reference(_ a: Tensor, _ b: Tensor) throws -> [Float] {
    let (m, k, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1], b.shape[b.rank - 1])
    let batch = try Tensor.broadcastShape(
      Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)), operation: "test")
    let left = try a.broadcast(to: batch + [m, k]).elements
    let right = try b.broadcast(to: batch + [k, n]).elements
    var result: [Float] = []
    for matrix in 0..<batch.reduce(1, *) {
      for row in 0..<m {
        for column in 0..<n {
          var sum: Float = 0
          for inner in 0..<k {
            sum += left[(matrix * m + row) * k + inner] * right[(matrix * k + inner) * n + column]
          }
          result.append(sum)
        }
      }
    }
    return result
  }

  @Test(arguments: [[1, 1, 1], [1, 5, 3], [4, 1, 2], [3, 4, 1], [13, 7, 31], [2, 9, 300], [520, 3, 5]])
  func matchesTheDefinition(_ extents: [Int]) throws {
    let (m, k, n) = (extents[0], extents[1], extents[2])
    let a = try integers([m, k], seed: 1)
    let b = try integers([k, n], seed: 2)
    let transposedA = try integers([k, m], seed: 3).transposed(0, 1)
    let transposedB = try integers([n, k], seed: 4).transposed(0, 1)
    for left in [a, transposedA] {
      for right in [b, transposedB] {
        #expect(try left.matmul(right).elements == reference(left, right))
      }
    }
  }

  @Test func batchesBroadcastAsInNumPy() throws {
    let a = try integers([2, 1, 3, 4], seed: 1)
    let b = try integers([5, 4, 2], seed: 2)
    let product = try a.matmul(b)
    #expect(product.shape == [2, 5, 3, 2])
    #expect(try product.elements == (reference(a, b)))
  }

  @Test func stridesThatBLASCannotExpressAreCopied() throws {
    // Every second column of every second row, and one row repeated by stride 0.
    let wide = try integers([6, 8, 2], seed: 5)
    let a = try wide.selected(0, axis: 2)
    let b = try integers([1, 3], seed: 6).broadcast(to: [8, 3])
    #expect(a.strides == [16, 2])
    #expect(try a.matmul(b).elements == reference(a, b))
  }

  @Test func emptyExtents() throws {
    #expect(try integers([2, 0], seed: 0).matmul(integers([0, 3], seed: 0)).elements == [0, 0, 0, 0, 0, 0])
    #expect(try integers([0, 4], seed: 0).matmul(integers([4, 3], seed: 0)).shape == [0, 3])
  }

  @Test func shapesThatDoNotFitAreNamed() throws {
    let a = try integers([2, 3], seed: 0)
    #expect(throws: TensorError.shapeMismatch(operation: "matmul", left: [2, 3], right: [2, 3])) {
      try a.matmul(a)
    }
    let b = try integers([2, 3, 3], seed: 0)
    let c = try integers([3, 3, 3], seed: 0)
    #expect(throws: TensorError.self) { try b.matmul(c) }
  }

  @Test func bitwiseTheSameForAnyThreadCount() throws {
    let a = try Tensor((0..<(530 * 70)).map { Float($0 % 97) * 0.37 - 3 }, shape: [530, 70])
    let b = try Tensor((0..<(70 * 600)).map { Float($0 % 89) * 0.11 - 2 }, shape: [70, 600])
    let one = try a.matmul(b, budget: ComputeBudget(threads: 1)).elements
    for threads in [2, 3] {
      #expect(try a.matmul(b, budget: ComputeBudget(threads: threads)).elements == one)
    }
  }
}
