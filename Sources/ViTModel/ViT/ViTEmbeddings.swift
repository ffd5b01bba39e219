import Layers
import TensorCore

/// Patches to tokens: convolution, special tokens, position table.
struct ViTEmbeddings: Sendable {
  /// The tokens before those of the patches, [..., hiddenSize] each. They are not put together before it is known that
  /// they are there: a configuration may name more of them than memory holds.
  let specialTokens: [Tensor]
  /// [positions, hiddenSize].
  let positionEmbeddings: Tensor
  let patchEmbeddings: PatchEmbeddings

  init(_ builder: NetworkBuilder, _ config: ViTConfig) throws {
    let width = config.hiddenSize
    let positions = config.positionedTokenCount + config.patchCount(of: config.imageSize)
    let isFlat = config.traits.isFlat
    specialTokens = try config.traits.specialTokens.map { token in
      let count = token.isRegister ? config.numRegisterTokens : 1
      return try builder.tensor(token.name, shape: isFlat ? [width] : [1, count, width])
    }
    positionEmbeddings = try builder.tensor(
      "position_embeddings", shape: isFlat ? [positions, width] : [1, positions, width]
    ).reshaped([positions, width])
    patchEmbeddings = try PatchEmbeddings(
      builder.scoped("patch_embeddings"), channels: config.numChannels, patch: config.patchSize,
      width: config.hiddenSize, bias: config.traits.hasPatchBias ? .apart : .none,
      isLinear: config.traits.hasWholePatches)
  }

  /// What the residual stream starts from for images of `size`: special tokens, then the convolution's bias for each
  /// patch, and the positions of all that have one. [tokens, hiddenSize].
  ///
  /// - Parameter interpolate: Whether to resample the position table where it does not fit. As in the
  ///   reference it fits only square images, so that with a rectangular `imageSize` even images of that
  ///   size see a resampled table.
  /// - Throws: `ViTError.cannotInterpolate`.
  func start(for size: ImageExtent, interpolate: Bool, _ config: ViTConfig) throws -> Tensor {
    guard size == config.imageSize || !config.traits.hasOneSize else {
      throw ViTError.cannotInterpolate(reason: "the model takes images of \(config.imageSize) and no others")
    }
    let special = config.specialTokenCount
    let positioned = config.positionedTokenCount
    let table = positionEmbeddings
    let fits = config.patchCount(of: size) + positioned == table.shape[0] && size.height == size.width
    let isTable = fits || !interpolate || config.traits.hasOneSize
    let positions = isTable ? table : try resampled(to: config.patchGrid(of: size), config)
    let width = config.hiddenSize
    let patches = positions.shape[0] - positioned
    let joined = try specialTokens.flatMap { try $0.elements }
    let bias = patchEmbeddings.bias?.base
    let source = positions.base
    return try Tensor(shape: [special + patches, width]) { out in
      for row in 0..<special {
        for column in 0..<width {
          let token = joined[row * width + column]
          out[row * width + column] = row < positioned ? source[row * width + column] + token : token
        }
      }
      for row in 0..<patches {
        for column in 0..<width {
          let position = source[(positioned + row) * width + column]
          out[(special + row) * width + column] = position + (bias.map { $0[column] } ?? 0)
        }
      }
    }
  }

  private func resampled(to grid: ImageExtent, _ config: ViTConfig) throws -> Tensor {
    guard config.patchSize.height == config.patchSize.width || config.traits.acceptsAnySize else {
      throw ViTError.cannotInterpolate(reason: "patches of \(config.patchSize) are not square")
    }
    return try PositionInterpolation.resample(
      positionEmbeddings, special: config.positionedTokenCount, to: grid,
      antialiased: config.traits.isResampledWithAntialiasing, linear: config.traits.isResampledLinearly)
  }

  /// The buffers that `run` needs.
  struct Buffers {
    /// The patches' pixels.
    let patches: ForwardPass.Buffer
  }

  static func plan(_ plan: inout ActivationPlan, _ config: ViTConfig, _ size: ImageExtent) -> Buffers {
    let patches = config.patchCount(of: size)
    return Buffers(
      patches: PatchEmbeddings.plan(
        &plan, patches: patches, channels: config.numChannels, patch: config.patchSize))
  }

  /// Fills the residual stream.
  ///
  /// - Parameter pixels: [images, channels, height, width], dense.
  func run(
    _ pass: ForwardPass, _ buffers: Buffers, pixels: UnsafePointer<Float>, size: ImageExtent, start: Tensor,
    into hidden: ForwardPass.Buffer
  ) {
    patchEmbeddings.run(
      pass, buffers.patches, pixels: pixels, size: size, start: start, into: hidden)
  }
}
