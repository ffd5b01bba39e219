import Layers
import TensorCore

/// The shape of a Swin Transformer of either version.
///
/// Names and defaults are those of `transformers`' `SwinConfig` and `Swinv2Config`.
struct SwinConfig: Sendable, Equatable {
  /// The two versions.
  enum Version: Sendable {
    case v1
    case v2
  }

  /// Which of the two.
  var version: Version
  /// The image size that the network was made for.
  var imageSize = ImageExtent(224)
  /// The size of one patch.
  var patchSize = ImageExtent(4)
  /// The number of channels of an image.
  var numChannels = 3
  /// The width of the first stage; each doubles it.
  var embedDim = 96
  /// The blocks of each stage.
  var depths = [2, 2, 6, 2]
  /// The attention heads in each stage.
  var numHeads = [3, 6, 12, 24]
  /// The side of a window in tokens.
  var windowSize = 7
  /// V2: the side of the windows that the biases were learnt with, for each stage; 0 where it is the same.
  var pretrainedWindowSizes = [0, 0, 0, 0]
  /// The width of the MLP's hidden layer, in widths of the stage.
  var mlpRatio = 4.0
  /// Whether queries, keys (V1) and values have biases.
  var qkvBias = true
  /// The MLP's non-linearity, by its name in the file.
  var hiddenAct = "gelu"
  /// Whether there is a position table.
  var useAbsoluteEmbeddings = false
  /// Added to the variance in the layer norms of blocks and in the last one. The others have 1e-5, whatever the file says.
  var layerNormEps = 1e-5
  /// The number of labels. With none the logits are the mean of the final tokens.
  var numLabels = 2

  /// That of the layer norms behind patches, and at their merging.
  static let fixedEpsilon = 1e-5

  init(version: Version) { self.version = version }
}

extension SwinConfig {
  /// The width of a stage.
  func width(ofStage stage: Int) -> Int { embedDim << stage }

  /// The width of the last stage.
  var featureSize: Int { width(ofStage: depths.count - 1) }

  /// The width of the MLP's hidden layer in a stage.
  func mlpSize(ofStage stage: Int) -> Int { Int(mlpRatio * Double(width(ofStage: stage))) }

  /// The windows of a stage and the shift of every second block's.
  ///
  /// In V1 they go by the tokens that there are: a map as high or as wide as a window is not shifted. In V2 they are
  /// made for the configuration's image size and stay the same for any other.
  ///
  /// - Parameter map: The tokens of the stage.
  /// - Throws: `ViTError.windowDoesNotFit`, in V1 for a map with a side that is shorter than a window: the reference has no
  ///   biases for one.
  func windows(ofStage stage: Int, map: ImageExtent) throws(ViTError) -> (side: Int, shift: Int) {
    switch version {
    case .v1:
      let shorter = min(map.height, map.width)
      guard shorter >= windowSize else { throw .windowDoesNotFit(window: windowSize, map: map) }
      return (windowSize, shorter == windowSize ? 0 : windowSize / 2)
    case .v2:
      let side = windowSide(ofStage: stage)
      return (side, nominalRows(ofStage: stage) <= side ? 0 : windowSize / 2)
    }
  }

  /// The side of a stage's windows.
  func windowSide(ofStage stage: Int) -> Int {
    version == .v1 ? windowSize : min(windowSize, nominalRows(ofStage: stage))
  }

  /// The rows of tokens that the reference counts on in a stage of V2.
  private func nominalRows(ofStage stage: Int) -> Int { (imageSize.height / patchSize.height) >> stage }
}

extension SwinConfig {
  /// Checks that the network can be built.
  ///
  /// - Throws: `ViTConfigError` naming the key.
  package func validate() throws(ViTConfigError) {
    try ConfigBounds.check(
      extents: [
        ("embed_dim", embedDim), ("window_size", windowSize), ("depths", depths.count),
      ] + ConfigBounds.extents(image: imageSize, patch: patchSize, channels: numChannels)
        + depths.map { ("depths", $0) } + numHeads.map { ("num_heads", $0) },
      counts: [("num_labels", numLabels)])
    // Each stage halves the map: sixteen of them have seen the last of any image.
    guard depths.count <= 16 else { throw .tooLarge(key: "depths", value: depths.count, limit: 16) }
    try ConfigBounds.check(layers: depths.reduce(0, +), "depths")
    guard numHeads.count >= depths.count else {
      throw .wrongCount(key: "num_heads", count: numHeads.count, expected: depths.count)
    }
    guard version == .v1 || pretrainedWindowSizes.count >= depths.count else {
      throw .wrongCount(
        key: "pretrained_window_sizes", count: pretrainedWindowSizes.count, expected: depths.count)
    }
    try ConfigBounds.check(
      image: imageSize, patch: patchSize, channels: numChannels, grid: imageSize.cutUp(by: patchSize))
    guard mlpRatio.isFinite, mlpRatio * Double(embedDim) >= 1 else {
      throw .invalidNumber(key: "mlp_ratio", value: mlpRatio)
    }
    try ConfigBounds.check(epsilon: layerNormEps)
    try validateStages()
    _ = try Activation(named: hiddenAct)
  }

  private func validateStages() throws(ViTConfigError) {
    let largest = ConfigBounds.largest
    for (stage, heads) in numHeads.prefix(depths.count).enumerated() {
      let width = width(ofStage: stage)
      guard 4 * width <= largest else { throw .tooLarge(key: "embed_dim", value: width, limit: largest / 4) }
      guard mlpRatio * Double(width) <= Double(largest) else {
        throw .tooLarge(key: "mlp_ratio", value: Int(min(mlpRatio * Double(width), 1e18)), limit: largest)
      }
      guard width.isMultiple(of: heads) else { throw .headsDoNotDivide(hiddenSize: width, heads: heads) }
      let side = windowSide(ofStage: stage)
      // In V2 the configuration's image has no token left at this stage.
      guard side > 0 else { throw .tooLarge(key: "depths", value: depths.count, limit: stage) }
      // Attention has biases for all pairs of a window's tokens. The largest windows that are seen have 24.
      guard side <= 64 else { throw .tooLarge(key: "window_size", value: side, limit: 64) }
      guard version == .v1 || (pretrainedWindowSizes[stage] >= 0 && pretrainedWindowSizes[stage] != 1) else {
        throw .notPositive(key: "pretrained_window_sizes", value: pretrainedWindowSizes[stage])
      }
    }
  }
}

extension SwinConfig: NetworkConfiguration {
  package var definition: ModelDefinition { version == .v1 ? Swin.definition : SwinV2.definition }
  package var outputSize: Int { numLabels == 0 ? featureSize : numLabels }
  /// A network without a position table sees images of any size.
  package var acceptsAnySize: Bool { !useAbsoluteEmbeddings }
  /// What is smaller than a patch is padded.
  package var smallestImage: ImageExtent { ImageExtent(1) }

  package var summary: String {
    func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "+") }
    return "\(list(depths)) blocks, width \(embedDim) to \(featureSize), "
      + "\(list(Array(numHeads.prefix(depths.count)))) heads, windows of \(windowSize), image \(imageSize), "
      + "patch \(patchSize)"
  }

  package func network(_ builder: NetworkBuilder) throws -> any Network { try SwinNetwork(builder, self) }
}
