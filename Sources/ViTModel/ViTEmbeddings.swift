import Checkpoint
import TensorCore

/// Patches to tokens: convolution, special tokens, position table.
struct ViTEmbeddings: Sendable {
  /// The tokens before those of the patches, [..., hiddenSize] each. They are not put together before it is known that
  /// they are there: a configuration may name more of them than memory holds.
  let specialTokens: [Tensor]
  /// [positions, hiddenSize].
  let positionEmbeddings: Tensor
  let patchEmbeddings: ViTPatchEmbeddings

  init(_ loader: WeightLoader, _ config: ViTConfig, _ arithmetic: Arithmetic) throws {
    let width = config.hiddenSize
    let positions = config.positionedTokenCount + config.patchCount(of: config.imageSize)
    let isFlat = config.architecture.hasFlatEmbeddings
    var tokens: [Tensor] = []
    if config.architecture.hasClassToken {
      tokens.append(try loader.tensor("cls_token", shape: isFlat ? [width] : [1, 1, width]))
    }
    if config.architecture.hasDistillationToken {
      tokens.append(try loader.tensor("distillation_token", shape: [1, 1, width]))
    }
    if config.architecture == .dinov2WithRegisters {
      tokens.append(try loader.tensor("register_tokens", shape: [1, config.numRegisterTokens, width]))
    }
    specialTokens = tokens
    positionEmbeddings = try loader.tensor(
      "position_embeddings", shape: isFlat ? [positions, width] : [1, positions, width]
    ).reshaped([positions, width])
    patchEmbeddings = try ViTPatchEmbeddings(loader.scoped("patch_embeddings"), config, arithmetic)
  }

  /// What the residual stream starts from for images of `size`: special tokens, then the convolution's bias for each
  /// patch, and the positions of all that have one. [tokens, hiddenSize].
  ///
  /// - Parameter interpolate: Whether to resample the position table where it does not fit. As in the
  ///   reference it fits only square images, so that with a rectangular `imageSize` even images of that
  ///   size see a resampled table.
  /// - Throws: `ViTError.cannotInterpolate`.
  func start(for size: ViTConfig.Extent, interpolate: Bool, _ config: ViTConfig) throws -> Tensor {
    let special = config.specialTokenCount
    let positioned = config.positionedTokenCount
    let table = positionEmbeddings
    let fits = config.patchCount(of: size) + positioned == table.shape[0] && size.height == size.width
    let positions =
      fits || !interpolate ? table : try PositionInterpolation.resample(table, to: size, config)
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

  /// Fills `pass.hidden`.
  ///
  /// - Parameter pixels: [images, channels, height, width], dense.
  func run(_ pass: ForwardPass, pixels: UnsafePointer<Float>, size: ViTConfig.Extent, start: Tensor) {
    let width = pass.config.hiddenSize
    pass.compute.parallelFor(pass.images, with: (pass, start)) { context, image, _ in
      let (pass, start) = context
      let length = pass.tokens * pass.config.hiddenSize
      (pass.hidden + image * length).update(from: start.base, count: length)
    }
    patchEmbeddings.gather(pass, pixels: pixels, size: size)
    // Image by image: each has the rows of special tokens more in `hidden` than in `patches`.
    let special = pass.config.specialTokenCount
    let patches = pass.tokens - special
    let projection = patchEmbeddings.projection
    let product = MatrixProduct(
      weights: projection.weight, bias: nil, pass.patches, rows: MatrixProduct.Rows(count: patches, step: 1),
      rowsPerImage: patches, quantization: pass.quantization, into: pass.hidden + special * width, .add,
      lanes: pass.compute.lanes)
    pass.compute.parallelFor(pass.images * product.tasks, with: (pass, product)) { context, task, lane in
      let (pass, product) = context
      let patches = pass.tokens - pass.config.specialTokenCount
      let image = task / product.tasks
      product.run(
        task % product.tasks, inputOffset: image * patches, outputOffset: image * pass.tokens,
        scratch: pass.scratch(lane: lane))
    }
  }
}

/// The convolution whose kernel and stride are one patch, as a matrix product.
struct ViTPatchEmbeddings: Sendable {
  /// Without its bias, which `ViTEmbeddings` adds together with the positions.
  let projection: Linear
  let bias: Tensor?

  init(_ loader: WeightLoader, _ config: ViTConfig, _ arithmetic: Arithmetic) throws {
    let patch = config.patchSize
    let scope = loader.scoped("projection")
    projection = try Linear(
      scope, inFeatures: config.numChannels * patch.height * patch.width, outFeatures: config.hiddenSize,
      bias: false, weightShape: [config.hiddenSize, config.numChannels, patch.height, patch.width],
      arithmetic.exact)
    bias = config.architecture.hasPatchBias ? try scope.tensor("bias", shape: [config.hiddenSize]) : nil
  }

  /// Copies each patch's pixels into a row of `pass.patches`: channel, then row, then column.
  func gather(_ pass: ForwardPass, pixels: UnsafePointer<Float>, size: ViTConfig.Extent) {
    let grid = pass.config.patchGrid(of: size)
    pass.compute.parallelFor(pass.images * grid.height, with: (pass, pixels, size)) { context, task, _ in
      let (pass, pixels, size) = context
      let patch = pass.config.patchSize
      let channels = pass.config.numChannels
      let grid = pass.config.patchGrid(of: size)
      let plane = size.height * size.width
      let (image, gridRow) = (task / grid.height, task % grid.height)
      var out = pass.patches + task * grid.width * channels * patch.height * patch.width
      let band = pixels + image * channels * plane + gridRow * patch.height * size.width
      for gridColumn in 0..<grid.width {
        for channel in 0..<channels {
          var source = band + channel * plane + gridColumn * patch.width
          for _ in 0..<patch.height {
            out.update(from: source, count: patch.width)
            out += patch.width
            source += size.width
          }
        }
      }
    }
  }
}
