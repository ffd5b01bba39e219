import Layers
import TensorCore

/// The shape of a BEiT or a Data2VecVision.
///
/// Names and defaults are those of `transformers`' `BeitConfig`.
struct BeitConfig: Sendable, Equatable {
  /// The layers, and what images are cut into.
  var encoder: ViTConfig
  /// Whether there is a position table.
  var useAbsolutePositionEmbeddings = false
  /// Whether each layer has biases by distance of its own.
  var useRelativePositionBias = false
  /// Whether there are biases by distance for all layers.
  var useSharedRelativePositionBias = false
  /// What training began the factors on what layers add with; there are none unless it is positive.
  var layerScaleInitValue = 0.1
  /// Whether the classifier is on the mean of the patches, and not on the CLS token.
  var useMeanPooling = true

  /// Whether anything is added to the scores of attention.
  var hasBias: Bool { useRelativePositionBias || useSharedRelativePositionBias }
}

extension BeitConfig: NetworkConfiguration {
  package var definition: ModelDefinition { encoder.definition }
  package var imageSize: ImageExtent { encoder.imageSize }
  package var numChannels: Int { encoder.numChannels }
  package var numLabels: Int { encoder.numLabels }
  package var outputSize: Int { numLabels == 0 ? encoder.hiddenSize : numLabels }
  /// Biases and positions are resampled unasked.
  package var acceptsAnySize: Bool { true }
  package var smallestImage: ImageExtent { encoder.patchSize }
  package var summary: String { encoder.summary }

  /// Checks that the network can be built.
  ///
  /// - Throws: `ViTConfigError` naming the key.
  package func validate() throws(ViTConfigError) {
    try encoder.validate()
    guard !layerScaleInitValue.isNaN else {
      throw .invalidNumber(key: "layer_scale_init_value", value: layerScaleInitValue)
    }
  }

  package func network(_ builder: NetworkBuilder) throws -> any Network { try BeitNetwork(builder, self) }
}
