import Checkpoint
import TensorCore

/// Patches to tokens: convolution, CLS token, position table.
struct ViTEmbeddings: Sendable {
  let clsToken: Tensor
  let positionEmbeddings: Tensor
  let patchEmbeddings: ViTPatchEmbeddings
  init(_ loader: WeightLoader, _ config: ViTConfig, _ arithmetic: Arithmetic) throws {
    let tokens = config.patchCount(of: config.imageSize) + 1
    clsToken = try loader.tensor("cls_token", shape: [1, 1, config.hiddenSize])
    positionEmbeddings = try loader.tensor("position_embeddings", shape: [1, tokens, config.hiddenSize])
    patchEmbeddings = try ViTPatchEmbeddings(loader.scoped("patch_embeddings"), config, arithmetic)
  }

  /// What the residual stream starts from for images of `size`: position embeddings, plus the CLS token
  /// in the first row and the convolution's bias in the others. [tokens, hiddenSize].
  ///
  /// - Parameter interpolate: Whether to resample the position table where it does not fit. As in the
  ///   reference it fits only square images, so that with a rectangular `imageSize` even images of that
  ///   size see a resampled table.
  /// - Throws: `ViTError.cannotInterpolate`.
  func start(for size: ViTConfig.Extent, interpolate: Bool, _ config: ViTConfig) throws -> Tensor {
    let table = try positionEmbeddings.reshaped([positionEmbeddings.shape[1], config.hiddenSize])
    let fits = config.patchCount(of: size) + 1 == table.shape[0] && size.height == size.width
    let positions =
      fits || !interpolate ? table : try PositionInterpolation.resample(table, to: size, config)
    let width = config.hiddenSize
    return try Tensor(shape: positions.shape) { out in
      positions.copyElements(to: out)
      for row in 0..<positions.shape[0] {
        let addend = row == 0 ? clsToken.base : patchEmbeddings.bias.base
        for column in 0..<width { out[row * width + column] += addend[column] }
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
    // Image by image: each has a row more in `hidden` than in `patches`.
    let patches = pass.tokens - 1
    let projection = patchEmbeddings.projection
    let product = MatrixProduct(
      weights: projection.weight, bias: nil, pass.patches, rows: MatrixProduct.Rows(count: patches, step: 1),
      rowsPerImage: patches, quantization: pass.quantization, into: pass.hidden + width, .add,
      lanes: pass.compute.lanes)
    pass.compute.parallelFor(pass.images * product.tasks, with: (pass, product)) { context, task, lane in
      let (pass, product) = context
      let patches = pass.tokens - 1
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
  let bias: Tensor

  init(_ loader: WeightLoader, _ config: ViTConfig, _ arithmetic: Arithmetic) throws {
    let patch = config.patchSize
    let scope = loader.scoped("projection")
    projection = try Linear(
      scope, inFeatures: config.numChannels * patch.height * patch.width, outFeatures: config.hiddenSize,
      bias: false, weightShape: [config.hiddenSize, config.numChannels, patch.height, patch.width],
      arithmetic.exact)
    bias = try scope.tensor("bias", shape: [config.hiddenSize])
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
