import Layers

extension ViTConfig: NetworkConfiguration {
  package var definition: ModelDefinition { traits.definition }
  package var outputSize: Int { numLabels == 0 ? pooledSize : numLabels }
  /// Whether the position table is resampled for images of any size without being asked.
  package var acceptsAnySize: Bool { traits.acceptsAnySize }
  package var wholePatches: ImageExtent? { traits.hasWholePatches ? patchSize : nil }
  /// One patch.
  package var smallestImage: ImageExtent { patchSize }

  package var summary: String {
    "\(numHiddenLayers) layers, width \(hiddenSize), \(numAttentionHeads) heads, image \(imageSize), patch \(patchSize)"
  }

  package func network(_ builder: NetworkBuilder) throws -> any Network { try ViTNetwork(builder, self) }
}
