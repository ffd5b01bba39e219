import Layers
import TensorCore

/// What a pass through a network in training is to do.
package struct TrainingPlan: Sendable {
  /// 0 for a pass that begins with pixel values; k for one that begins with the residual stream that layer k reads.
  package var firstDepth = 0
  /// For each parameter of the layout, whether its gradient is wanted. The backward pass ends at the lowest depth that
  /// has such a parameter.
  package var learns: [Bool]
  /// Whether the activations inside of a layer are computed again in the backward pass instead of kept.
  package var recomputesLayers = false

  package init(learns: [Bool]) { self.learns = learns }
}

/// A network whose parameters stand outside of it, in a flat buffer, and have gradients.
///
/// Products are formed in float32 in an order that the number of threads has no say in.
package protocol TrainableNetwork: Sendable {
  var parameters: NetworkParameters { get }
  /// The width of the logits.
  var logitCount: Int { get }

  /// The shape of one image at the beginning of a pass: [channels, height, width], or [tokens, width].
  func inputShape(firstDepth: Int) -> [Int]

  /// The memory and means of passes over at most `images` images.
  ///
  /// - Throws: `ViTError.tooLarge`, `TensorError`.
  func pass(images: Int, _ plan: TrainingPlan, budget: ComputeBudget) throws -> any TrainingPass
}

extension TrainableNetwork {
  package var layout: ParameterLayout { parameters.layout }
}

/// A forward pass and the backward pass that follows it. Not for two threads at once.
package protocol TrainingPass: AnyObject {
  /// Computes the logits, and keeps what the backward pass needs.
  ///
  /// - Parameters:
  ///   - input: [images, ...] of the network's `inputShape`.
  ///   - images: At least 1, at most those of the pass.
  ///   - parameters: In the network's layout.
  /// - Returns: [images, logitCount], valid until the next call.
  func forward(
    _ input: UnsafePointer<Float>, images: Int, parameters: UnsafePointer<Float>
  ) -> UnsafePointer<Float>

  /// Adds the gradients of the loss with respect to the parameters to a buffer.
  ///
  /// - Parameters:
  ///   - logitGradients: [images, logitCount] of the loss by the logits of the last forward pass.
  ///   - parameters: As in that.
  ///   - gradients: In the network's layout. Only what is learnt is touched.
  func backward(
    _ logitGradients: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
    into gradients: UnsafeMutablePointer<Float>
  )
}
