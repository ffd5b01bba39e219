import Layers
import TensorCore
import Testing

@testable import ViTModel

@Suite struct BatchShareTests {
  private let kernels: Kernels

  init() throws { kernels = try Kernels.active() }

  /// A network of so many rows of 1000 floats for each image.
  private func plan(_ images: Int, rows: Int) -> ActivationPlan {
    var plan = ActivationPlan(images: images, kernels: kernels, precision: .float32)
    _ = plan.buffer(rows: rows, width: 1000)
    return plan
  }

  @Test(arguments: [1, 300, 5000]) func everyImageIsRunOnce(_ rows: Int) throws {
    for lanes in [1, 2, 3, 8, 64] {
      for largest in [1, 2, 8] {
        for batch in 1...40 {
          let share = try BatchShare(batch: batch, lanes: lanes, largest: largest) {
            plan($0, rows: rows)
          }
          var images = (0..<share.separatePasses).flatMap { Array(share.separateImages($0)) }
          #expect(images.count == share.separateCount)
          for first in stride(from: share.separateCount, to: batch, by: share.imagesTogether) {
            images += first..<min(first + share.imagesTogether, batch)
          }
          #expect(images == Array(0..<batch), "\(batch) images on \(lanes) lanes, at most \(largest)")
          #expect(share.separatePasses.isMultiple(of: lanes), "no lane waits for another one's pass")
          #expect(share.imagesTogether <= largest)
          #expect(share.capacity >= lanes * share.laneCapacity)
          #expect(share.capacity >= plan(1, rows: rows).capacity(lanes: 1))
        }
      }
    }
  }

  @Test func oneThreadTakesAsManyAsStayNear() throws {
    func together(_ rows: Int) throws -> Int {
      try BatchShare(batch: 8, lanes: 1, largest: 8) { plan($0, rows: rows) }.imagesTogether
    }
    #expect(try together(100) == 8)
    #expect(try together(500) == 2)
    #expect(try together(5000) == 1)
  }

  @Test func aNetworkThatIsTooLargeForEachThreadIsRunByAllTogether() throws {
    let share = try BatchShare(batch: 4, lanes: 4, largest: 8) { plan($0, rows: 1_000_000) }
    #expect(share.separatePasses == 0 && share.imagesTogether == 2)
    #expect(throws: ViTError.self) {
      try BatchShare(batch: 4, lanes: 4, largest: 8) { plan($0, rows: 3_000_000) }
    }
  }
}
