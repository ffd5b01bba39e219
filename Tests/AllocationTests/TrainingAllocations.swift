import Checkpoint
import TensorCore
import TestSupport
import Testing
import ViTModel

extension AllocationTests {
  /// All activations and gradients have their places before the first pass: what is allocated on the way does not hang on
  /// the images.
  @Test(arguments: ["vit-tiny/plain", "convnext/convnextv2"], [1, 2])
  func activationsOfTrainingAreNotAllocated(_ name: String, threads: Int) throws {
    let file = try PretrainedConfig(contentsOfFolder: Fixtures.url(name).path)
    let network = try AutoConfig(file).trainableNetwork(file)
    let budget = ComputeBudget(threads: threads)
    var plan = TrainingPlan(learns: network.layout.parameters.map { _ in true })
    plan.recomputesLayers = true
    let pass = try network.pass(images: 8, plan, budget: budget)
    let count = network.layout.count
    let (values, input) = ([Float](repeating: 0.01, count: count), [Float](repeating: 0.5, count: 8 * 1200))
    let slopes = [Float](repeating: 0.1, count: 8 * network.logitCount)
    var gradients = [Float](repeating: 0, count: count)
    let counts = [1, 8].map { images in
      gradients.withUnsafeMutableBufferPointer { gradients in
        guard let base = gradients.baseAddress else { return 0 }
        return allocations(budget) {
          _ = pass.forward(input, images: images, parameters: values)
          pass.backward(slopes, parameters: values, into: base)
        }
      }
    }
    #expect(counts[0] == counts[1])
  }
}
