import Layers
import TensorCore

/// Patches to tokens: convolution, CLS token, and a position table in some.
struct BeitEmbeddings: Sendable {
  private let classToken: Tensor
  /// [positions, hiddenSize].
  private let positionEmbeddings: Tensor?
  private let patchEmbeddings: PatchEmbeddings

  init(_ builder: NetworkBuilder, _ config: BeitConfig) throws {
    let encoder = config.encoder
    let (width, positions) = (encoder.hiddenSize, 1 + encoder.patchCount(of: encoder.imageSize))
    classToken = try builder.tensor("cls_token", shape: [1, 1, width])
    positionEmbeddings =
      config.useAbsolutePositionEmbeddings
      ? try builder.tensor("position_embeddings", shape: [1, positions, width]).reshaped([positions, width])
      : nil
    patchEmbeddings = try PatchEmbeddings(
      builder.scoped("patch_embeddings"), channels: encoder.numChannels, patch: encoder.patchSize,
      width: width, bias: .apart)
  }

  /// What the residual stream starts from for images of `size`: the CLS token, then the convolution's bias for each patch,
  /// and the positions of all. [tokens, hiddenSize].
  ///
  /// - Throws: `ViTError.cannotInterpolate`.
  func start(for size: ImageExtent, _ config: BeitConfig) throws -> Tensor {
    let (width, patches) = (config.encoder.hiddenSize, config.encoder.patchCount(of: size))
    let positions = try positionEmbeddings.map { try fitted($0, to: size, config) }
    let (token, bias) = (try classToken.elements, try patchEmbeddings.bias?.elements)
    return try Tensor(shape: [1 + patches, width]) { out in
      for index in 0..<((1 + patches) * width) {
        let own = index < width ? token[index] : bias?[index % width] ?? 0
        out[index] = own + (positions.map { $0.base[index] } ?? 0)
      }
    }
  }

  /// As in the reference the table fits only square images.
  private func fitted(_ table: Tensor, to size: ImageExtent, _ config: BeitConfig) throws -> Tensor {
    let grid = config.encoder.patchGrid(of: size)
    if grid.count + 1 == table.shape[0], size.height == size.width { return try table.contiguous() }
    let patch = config.encoder.patchSize
    guard patch.height == patch.width else {
      throw ViTError.cannotInterpolate(reason: "patches of \(patch) are not square")
    }
    return try PositionInterpolation.resample(table, special: 1, to: grid)
  }

  /// The patches' pixels.
  static func plan(
    _ plan: inout ActivationPlan, _ config: BeitConfig, _ size: ImageExtent
  ) -> ForwardPass.Buffer {
    PatchEmbeddings.plan(
      &plan, patches: config.encoder.patchCount(of: size), channels: config.numChannels,
      patch: config.encoder.patchSize)
  }

  /// Fills the residual stream.
  ///
  /// - Parameter pixels: [images, channels, height, width], dense.
  func run(
    _ pass: ForwardPass, _ patches: ForwardPass.Buffer, pixels: UnsafePointer<Float>, size: ImageExtent,
    start: Tensor, into hidden: ForwardPass.Buffer
  ) {
    patchEmbeddings.run(pass, patches, pixels: pixels, size: size, start: start, into: hidden)
  }
}
