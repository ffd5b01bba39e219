import Layers
import TensorCore
import Testing

/// How the buffers of a pass lie in its memory.
@Suite struct ActivationPlanTests {
  private func plan(keepsForBackward: Bool = false, images: Int = 3) throws -> ActivationPlan {
    ActivationPlan(
      images: images, kernels: try Kernels.active(), precision: .float32, keepsForBackward: keepsForBackward)
  }

  /// The ranges of memory that buffers take in a pass, in floats.
  private func places(
    _ plan: ActivationPlan, _ buffers: [ForwardPass.Buffer]
  ) throws -> [Range<Int>] {
    let workspace = try Workspace(capacity: plan.capacity(lanes: 1))
    return ComputeBudget(threads: 1).withCompute { compute in
      let pass = ForwardPass(
        plan, exactRows: .none, compute: compute, memory: workspace.floats(workspace.capacity))
      let start = buffers.map { pass[$0] }.min() ?? pass[buffers[0]]
      return buffers.map { buffer in
        let first = pass[buffer] - start
        return first..<first + plan.images * buffer.rows * buffer.width
      }
    }
  }

  @Test func scopesLieOverEachOther() throws {
    var plan = try plan()
    let whole = plan.buffer(rows: 5, width: 7)
    let first = plan.scope { [$0.buffer(rows: 9, width: 16), $0.buffer(rows: 2, width: 3)] }
    let second = plan.scope { plan in
      let outer = plan.buffer(rows: 4, width: 8)
      return [outer, plan.scope { $0.buffer(rows: 1, width: 300) }, plan.buffer(rows: 6, width: 6)]
    }
    let places = try places(plan, [whole] + first + second)
    // Those of one scope, and of the scopes around it, have places of their own.
    for together in [[0, 1, 2], [0, 3, 4], [0, 3, 5]] {
      for (i, a) in together.enumerated() {
        for b in together[(i + 1)...] { #expect(!places[a].overlaps(places[b]), "\(a) and \(b)") }
      }
    }
    #expect(places[1].overlaps(places[3]) && places[4].overlaps(places[5]))
    #expect(places.allSatisfy { $0.upperBound <= plan.capacity(lanes: 1) })
    #expect(Double(plan.capacity(lanes: 1)) == plan.demand(lanes: 1))
  }

  /// What a backward pass will read outlives its scope, and only then.
  @Test(arguments: [false, true])
  func keptBuffersOutliveTheirScope(_ keepsForBackward: Bool) throws {
    var plan = try plan(keepsForBackward: keepsForBackward)
    let layers = (0..<4).map { _ in
      plan.scope { [$0.buffer(rows: 8, width: 32, .kept), $0.buffer(rows: 8, width: 16)] }
    }
    let places = try places(plan, layers.flatMap { $0 })
    for (a, b) in [(0, 2), (0, 6), (2, 4)] {
      #expect(places[a].overlaps(places[b]) == !keepsForBackward, "\(a) and \(b)")
    }
    #expect(places[1] == places[3] && places[1] == places[7])
    for layer in 0..<4 { #expect(!places[2 * layer].overlaps(places[1])) }
    let one = 3 * 8 * (32 + 16)
    #expect(plan.capacity(lanes: 1) == (keepsForBackward ? one + 3 * 3 * 8 * 32 : one))
  }

  /// Extents whose product no integer holds are counted all the same.
  @Test func hostileExtentsAreBeyondTheLimit() throws {
    var plan = try plan(images: 8)
    _ = plan.buffer(rows: 1 << 40, width: 1 << 40)
    #expect(plan.demand(lanes: 1) > Double(ActivationPlan.limit))
    var attention = try self.plan(images: 8)
    attention.attention(tokens: 1 << 40, headSize: 1 << 30, biased: true)
    #expect(attention.demand(lanes: 1) > Double(ActivationPlan.limit))
    var products = ActivationPlan(images: 8, kernels: try Kernels.active(), precision: .int8)
    products.products(rows: 1 << 40, width: 1 << 24, exactRows: .first)
    #expect(products.demand(lanes: 1) > Double(ActivationPlan.limit))
  }
}
