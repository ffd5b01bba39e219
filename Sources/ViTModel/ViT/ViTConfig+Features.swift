extension ViTConfig {
  /// The widths of the features that the network has.
  var featureWidths: [ImageFeature: Int] {
    var widths: [ImageFeature: Int] = [.mean: hiddenSize]
    if traits.specialTokens.contains(.cls) { widths[.cls] = hiddenSize }
    // Two classifiers that read a token each: there is no one vector.
    if traits.pooling != .classAndDistillationTokens { widths[.pooled] = pooledSize }
    return widths
  }
}
