import Layers
import TensorCore

/// A network that turns pixel values into logits.
///
/// The modules are put together when it is made and never change. What a call needs besides comes in three parts:
/// the `Geometry`, which depends on the size of the images alone and is remembered; the buffers, which the plan of a
/// pass lays out; and the pass, which has their memory.
package protocol Network: Sendable {
  /// What depends on the size of the images alone, such as a position table.
  associatedtype Geometry: Sendable
  /// The buffers of a pass.
  associatedtype Buffers

  /// Makes the geometry for a size.
  ///
  /// - Parameter interpolate: Whether a position table that does not fit is to be resampled.
  /// - Throws: `ViTError` for a size that the network cannot see, `TensorError`.
  func geometry(for size: ImageExtent, interpolate: Bool) throws -> Geometry

  /// Asks for the memory of a pass over images of a size.
  func plan(_ plan: inout ActivationPlan, for size: ImageExtent) -> Buffers

  /// Runs a pass.
  ///
  /// - Parameters:
  ///   - pixels: [images, channels, height, width], dense.
  ///   - output: Where the logits belong, and what else was asked for.
  func run(
    _ pass: ForwardPass, _ buffers: Buffers, _ geometry: Geometry, pixels: UnsafePointer<Float>,
    size: ImageExtent, into output: OutputSlice)

  /// What it can be asked for besides the logits. A network that has features says how wide they are, and gives each to
  /// `OutputSlice.keep(_:_:_:row:)` in `run`.
  func outputShapes(for size: ImageExtent) -> OutputShapes

  /// The rows of each image that 8-bit layers read nearly exactly.
  var exactRows: ExactRows { get }

  /// The images that go through the layers together. More would not be faster, only larger.
  var imagesPerPass: Int { get }
}

/// The shapes of hidden states, attentions and features for one image.
package struct OutputShapes {
  /// Rows and width.
  package var hiddenStates: [(rows: Int, width: Int)] = []
  /// The first extent is that of one image, before it is multiplied by the batch.
  package var attentions: [[Int]] = []
  /// The widths of the features that there are.
  package var features: [ImageFeature: Int] = [:]

  package init() {}
}

/// The configuration of a network.
package protocol NetworkConfiguration: Sendable, Equatable {
  /// The model that it is of.
  var definition: ModelDefinition { get }
  /// The image size that the network was made for.
  var imageSize: ImageExtent { get }
  /// The channels of an image.
  var numChannels: Int { get }
  /// The number of labels; 0 for a network that gives features.
  var numLabels: Int { get }
  /// The width of the logits: labels, or features.
  var outputSize: Int { get }
  /// Whether images of any size are seen without being asked for.
  var acceptsAnySize: Bool { get }
  /// The smallest image.
  var smallestImage: ImageExtent { get }
  /// The patches that images must be whole multiples of, where the image processor is to cut them; else none are.
  var wholePatches: ImageExtent? { get }
  /// What a person wants to know of the network in one line.
  var summary: String { get }

  /// Checks that the network can be built.
  ///
  /// - Throws: `ViTConfigError` naming the key.
  func validate() throws(ViTConfigError)

  /// How attentions over images of a size are to be read; `nil` where they cannot be followed from the result to the patches.
  ///
  /// - Parameter feature: What a classifier beside the network reads; `nil` for the network's own.
  func attentionReading(of size: ImageExtent, for feature: ImageFeature?) -> AttentionReading?

  /// Puts the network together.
  ///
  /// - Throws: What reading the small tensors throws.
  func network(_ builder: NetworkBuilder) throws -> any Network
}

extension NetworkConfiguration {
  package var wholePatches: ImageExtent? { nil }

  package func attentionReading(of size: ImageExtent, for feature: ImageFeature?) -> AttentionReading? { nil }
}
