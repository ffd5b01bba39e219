import Layers
import TensorCore

/// How a batch is shared out among the threads of a budget.
///
/// With as many images as threads each thread runs images of its own: nobody waits for anybody after each layer. What is left
/// over, and a batch of fewer images, goes through the layers with all threads at once.
struct BatchShare {
  /// The passes that a thread runs by itself, and their images.
  let separatePasses: Int
  private let imagesAlone: Int
  /// The images that go through with all threads at once.
  let imagesTogether: Int
  /// In floats: of the workspace, and of what a lane has of it in a pass by itself.
  let capacity: Int
  let laneCapacity: Int

  /// Floats of activations that a thread keeps near the processor: a layer's results that had to go to memory and back would
  /// cost more than its weights, which pass by once for every hundred rows whatever the number of images.
  private static var cachedActivations: Int { 3 << 19 }

  /// - Parameters:
  ///   - largest: The most images in a pass.
  ///   - plan: What a pass over some images needs.
  /// - Throws: `ViTError.tooLarge` where that is too much even for one image.
  init(batch: Int, lanes: Int, largest: Int, plan: (_ images: Int) -> ActivationPlan) throws(ViTError) {
    let limit = Double(ActivationPlan.limit)
    var alone = max(1, min(largest, batch / lanes))
    while alone > 1, plan(alone).activations > Self.cachedActivations { alone /= 2 }
    imagesAlone = alone
    // One thread goes through the batch without being handed its passes.
    let isSeparate = lanes > 1 && plan(alone).demand(lanes: 1) * Double(lanes) < limit
    separatePasses = isSeparate ? batch / (alone * lanes) * lanes : 0
    laneCapacity = separatePasses > 0 ? plan(alone).capacity(lanes: 1) : 0

    let rest = batch - separatePasses * alone
    var together = lanes == 1 ? alone : max(1, min(largest, rest))
    while together > 1, plan(together).demand(lanes: lanes) >= limit { together /= 2 }
    imagesTogether = together
    try ViTError.check(plan(together).demand(lanes: lanes), for: "one image")
    capacity = max(lanes * laneCapacity, rest > 0 ? plan(together).capacity(lanes: lanes) : 0)
  }

  /// The images that are run separately: the first ones of the batch.
  var separateCount: Int { separatePasses * imagesAlone }

  /// The images of a separate pass.
  func separateImages(_ pass: Int) -> Range<Int> { pass * imagesAlone..<(pass + 1) * imagesAlone }
}
