import Checkpoint
import Layers
import TensorCore

/// The shape of a ConvNeXt of either version.
///
/// Names and defaults are those of `transformers`' `ConvNextConfig` and `ConvNextV2Config`.
struct ConvNeXtConfig: Sendable, Equatable {
  /// The two versions.
  enum Version: Sendable {
    case v1
    case v2
  }

  /// Which of the two.
  var version: Version
  /// The size of the images that the network has learnt with. It sees any size, and nothing hangs on this one.
  var imageSize = ImageExtent(224)
  /// The size of one patch.
  var patchSize = ImageExtent(4)
  /// The number of channels of an image.
  var numChannels = 3
  /// The number of stages. Each but the first begins by halving the map.
  var numStages = 4
  /// The width of each stage.
  var hiddenSizes = [96, 192, 384, 768]
  /// The blocks of each stage.
  var depths = [3, 3, 9, 3]
  /// The MLP's non-linearity, by its name in the file.
  var hiddenAct = "gelu"
  /// Added to the variance in the last layer norm. The others have 1e-6, whatever the file says.
  var layerNormEps = 1e-12
  /// V1: whether what blocks add is multiplied by a learnt factor for each channel.
  var hasLayerScale = true
  /// The number of labels. With none the logits are the normalised mean of the final map.
  var numLabels = 2

  /// That of the layer norms of blocks, behind patches, and before a map is halved.
  static let fixedEpsilon = 1e-6

  init(version: Version) { self.version = version }

  /// Reads a `config.json`.
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type.
  init(_ file: PretrainedConfig, labels: Int, _ version: Version) throws {
    self.init(version: version)
    let image = try file.intOrPair("image_size", default: (imageSize.height, imageSize.width))
    imageSize = ImageExtent(height: image.height, width: image.width)
    let patch = try file.intOrPair("patch_size", default: (patchSize.height, patchSize.width))
    patchSize = ImageExtent(height: patch.height, width: patch.width)
    numChannels = try file.int("num_channels", default: numChannels)
    // The second name is set after the first, and counts.
    numStages = try file.int("num_hidden_layers", default: file.int("num_stages", default: numStages))
    hiddenSizes = try file.ints("hidden_sizes", default: hiddenSizes)
    depths = try file.ints("depths", default: depths)
    hiddenAct = try file.string("hidden_act", default: hiddenAct)
    layerNormEps = try file.number("layer_norm_eps", default: layerNormEps)
    hasLayerScale = try version == .v1 && file.number("layer_scale_init_value", default: 1e-6) > 0
    numLabels = labels
    // Without effect, but the reference's class refuses what is no number.
    _ = try file.number("drop_path_rate", default: 0, allowingInteger: true)
  }
}

extension ConvNeXtConfig {
  /// The width of the last stage.
  var featureSize: Int { hiddenSizes[numStages - 1] }

  /// The width of the MLP's hidden layer in a stage.
  func mlpSize(ofStage stage: Int) -> Int { 4 * hiddenSizes[stage] }
}

extension ConvNeXtConfig: NetworkConfiguration {
  package var definition: ModelDefinition { version == .v1 ? ConvNeXt.definition : ConvNeXtV2.definition }
  package var outputSize: Int { numLabels == 0 ? featureSize : numLabels }
  package var acceptsAnySize: Bool { true }
  /// One position must be left after the last halving.
  package var smallestImage: ImageExtent {
    ImageExtent(height: patchSize.height << (numStages - 1), width: patchSize.width << (numStages - 1))
  }

  package var summary: String {
    let blocks = depths.prefix(numStages).map(String.init).joined(separator: "+")
    return
      "\(blocks) blocks, width \(hiddenSizes[0]) to \(featureSize), image \(imageSize), patch \(patchSize)"
  }

  package func network(_ builder: NetworkBuilder) throws -> any Network { try ConvNeXtNetwork(builder, self) }

  /// Checks that the network can be built.
  ///
  /// - Throws: `ViTConfigError` naming the key.
  package func validate() throws(ViTConfigError) {
    try ConfigBounds.check(
      extents: ConfigBounds.extents(image: imageSize, patch: patchSize, channels: numChannels)
        + [("num_stages", numStages)] + hiddenSizes.map { ("hidden_sizes", $0) },
      counts: [("num_labels", numLabels)] + depths.map { ("depths", $0) })
    // Each stage halves the map: sixteen of them have seen the last of any image.
    guard numStages <= 16 else { throw .tooLarge(key: "num_stages", value: numStages, limit: 16) }
    // What the reference has too many of, it leaves out; but the head is as wide as the last width.
    for (key, count) in [("depths", depths.count), ("hidden_sizes", hiddenSizes.count)]
    where count < numStages {
      throw .wrongCount(key: key, count: count, expected: numStages)
    }
    guard hiddenSizes.last == featureSize else {
      throw .wrongCount(key: "hidden_sizes", count: hiddenSizes.count, expected: numStages)
    }
    try ConfigBounds.check(layers: depths.prefix(numStages).reduce(0, +), "depths")
    let largest = ConfigBounds.largest
    for width in hiddenSizes where width > largest / 4 {
      throw .tooLarge(key: "hidden_sizes", value: width, limit: largest / 4)
    }
    guard patchSize.count <= largest, patchSize.count * numChannels <= largest else {
      throw .tooLarge(key: "patch_size", value: patchSize.count, limit: largest)
    }
    try ConfigBounds.check(epsilon: layerNormEps)
    _ = try Activation(named: hiddenAct)
  }
}
