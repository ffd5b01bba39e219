import Layers
import TensorCore

/// Patches to tokens: convolution, layer norm, and a position table in some.
struct SwinEmbeddings: Sendable {
  private let patchEmbeddings: PatchEmbeddings
  private let norm: LayerNorm
  /// [positions, embedDim].
  private let positionEmbeddings: Tensor?

  init(_ builder: NetworkBuilder, _ config: SwinConfig) throws {
    patchEmbeddings = try PatchEmbeddings(
      builder.scoped("patch_embeddings"), channels: config.numChannels, patch: config.patchSize,
      width: config.embedDim, bias: .added)
    norm = try LayerNorm(builder.scoped("norm"), size: config.embedDim, epsilon: SwinConfig.fixedEpsilon)
    let positions = config.imageSize.divided(by: config.patchSize).count
    positionEmbeddings =
      config.useAbsoluteEmbeddings
      ? try builder.tensor("position_embeddings", shape: [1, positions, config.embedDim])
        .reshaped([positions, config.embedDim]) : nil
  }

  /// The positions of the tokens of an image.
  ///
  /// - Throws: `ViTError.cannotInterpolate`.
  func positions(for size: ImageExtent, interpolate: Bool, _ config: SwinConfig) throws -> Tensor? {
    guard let table = positionEmbeddings else { return nil }
    let grid = size.cutUp(by: config.patchSize)
    let fits = grid.count == table.shape[0]
    if fits, !interpolate || size.height == size.width { return table }
    guard interpolate, grid == size.divided(by: config.patchSize) else {
      throw ViTError.cannotInterpolate(
        reason: "\(table.shape[0]) positions are not those of \(grid) patches, the last of which are padded")
    }
    return try PositionInterpolation.resample(table, special: 0, to: grid)
  }

  /// Fills the tokens.
  ///
  /// - Parameters:
  ///   - pixels: [images, channels, height, width], dense.
  ///   - patches: For the patches' pixels.
  ///   - hidden: [tokens, embedDim].
  func run(
    _ pass: ForwardPass, pixels: UnsafePointer<Float>, size: ImageExtent, patches: ForwardPass.Buffer,
    positions: Tensor?, into hidden: ForwardPass.Buffer
  ) {
    patchEmbeddings.gather(pass, pixels: pixels, size: size, into: patches, padded: true)
    pass.linear(patchEmbeddings.projection, patches, rows: patches.rows, into: hidden)
    pass.normalize(hidden, with: norm, rows: hidden.rows, into: hidden, for: .float32)
    guard let positions else { return }
    pass.compute.parallelFor(pass.images, with: (pass, hidden, positions)) { context, image, _ in
      let (pass, hidden, positions) = context
      pass.kernels.biasResidual(
        pass[hidden] + image * hidden.rows * hidden.width, rows: hidden.rows, columns: hidden.width,
        leadingDimension: hidden.width, positions.base, xLeadingDimension: hidden.width, bias: nil)
    }
  }
}
