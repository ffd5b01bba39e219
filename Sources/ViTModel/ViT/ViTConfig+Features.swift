import TensorCore

extension ViTConfig {
  /// The widths of the features that the network has. A base model's pooler has a say of its own.
  var featureWidths: [ImageFeature: Int] {
    var widths: [ImageFeature: Int] = [.mean: hiddenSize]
    if traits.specialTokens.contains(where: { $0.name == ViTTraits.SpecialToken.cls.name }) {
      widths[.cls] = hiddenSize
    }
    // Two classifiers that read a token each: there is no one vector.
    if pooler == nil, traits.pooling != .classAndDistillationTokens { widths[.pooled] = pooledSize }
    return widths
  }

  /// Checks that the pooler can be built.
  ///
  /// - Throws: `ViTConfigError` naming the key.
  func checkPooler() throws(ViTConfigError) {
    switch pooler {
    case .dense(let size, let activation):
      try ConfigBounds.check(extents: [("pooler_output_size", size)], counts: [])
      _ = try Activation(named: activation)
    case .normalized(let projection?):
      try ConfigBounds.check(extents: [("projection_dim", projection)], counts: [])
    default: break
    }
  }
}
