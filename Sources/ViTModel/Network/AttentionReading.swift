/// How the attentions of a model belong to its image: which tokens are patches, and which the result is read from.
package struct AttentionReading: Sendable, Equatable {
  /// Where the result is read from.
  package enum Place: Sendable {
    /// The first token.
    case classToken
    /// The first two, in equal parts.
    case classAndDistillationTokens
    /// All patches, in equal parts.
    case patches
    /// The first token for one half, all patches for the other.
    case classTokenAndPatches
  }

  /// The tokens before those of the patches.
  package let specialTokens: Int
  /// The patches.
  package let grid: ImageExtent
  /// The size of one, in pixels of the input.
  package let patch: ImageExtent
  /// Where the result is read from.
  package let place: Place

  /// Puts together how attentions are read.
  package init(specialTokens: Int, grid: ImageExtent, patch: ImageExtent, place: Place) {
    self.specialTokens = specialTokens
    self.grid = grid
    self.patch = patch
    self.place = place
  }

  /// The share that each token has of the result, special ones first.
  package var weights: [Double] {
    let patches = grid.count
    func row(first: [Double], patch: Double) -> [Double] {
      let rest = [Double](repeating: 0, count: max(specialTokens - first.count, 0))
      return first + rest + [Double](repeating: patch, count: patches)
    }
    return switch place {
    case .classToken: row(first: [1], patch: 0)
    case .classAndDistillationTokens: row(first: [0.5, 0.5], patch: 0)
    case .patches: row(first: [], patch: 1 / Double(patches))
    case .classTokenAndPatches: row(first: [0.5], patch: 0.5 / Double(patches))
    }
  }
}

extension AutoConfig {
  /// How attentions over images of a size are to be read.
  ///
  /// - Parameter feature: What a classifier beside the network reads; `nil` for the network's own.
  /// - Returns: `nil` where no layer's tokens all attend to each other (Swin's windows, ConvNeXt), and where the result is
  ///   read by one more attention whose probabilities are not given (SigLIP's pooling head).
  package func attentionReading(of size: ImageExtent, for feature: ImageFeature?) -> AttentionReading? {
    network.attentionReading(of: size, for: feature)
  }
}

extension ViTConfig {
  package func attentionReading(of size: ImageExtent, for feature: ImageFeature?) -> AttentionReading? {
    let place: AttentionReading.Place
    switch (feature, pooler) {
    case (.cls, _): place = .classToken
    case (.mean, _): place = .patches
    case (.pooled, .attention?), (nil, .attention?): return nil
    case (.pooled, .dense?), (.pooled, .classToken?), (.pooled, .normalized?): place = .classToken
    default:
      switch traits.pooling {
      case .classToken: place = .classToken
      case .classAndDistillationTokens: place = .classAndDistillationTokens
      case .classTokenAndMean: place = .classTokenAndPatches
      case .mean: place = .patches
      }
    }
    return AttentionReading(
      specialTokens: specialTokenCount, grid: patchGrid(of: size), patch: patchSize, place: place)
  }
}

extension BeitConfig {
  package func attentionReading(of size: ImageExtent, for feature: ImageFeature?) -> AttentionReading? {
    let readsPatches =
      switch feature {
      case .cls: false
      case .mean: true
      case .pooled, nil: useMeanPooling
      }
    return AttentionReading(
      specialTokens: 1, grid: encoder.patchGrid(of: size), patch: encoder.patchSize,
      place: readsPatches ? .patches : .classToken)
  }
}
