import Layers
import TensorCore

/// Patches to tokens, in training: `ViTEmbeddings`.
struct TrainableViTEmbeddings: Sendable {
  typealias Buffer = TrainingMemory.Buffer

  private let specialTokens: [ParameterPlace]
  /// [positions, hiddenSize], of special tokens first, where they have one.
  private let positions: ParameterPlace
  private let projection: LinearStack
  private let config: ViTConfig
  /// The tokens before the patches, counted once.
  private let special: Int
  private let positioned: Int

  init(_ builder: ParameterBuilder, _ config: ViTConfig) {
    let width = config.hiddenSize
    self.config = config
    special = config.specialTokenCount
    positioned = config.positionedTokenCount
    let isFlat = config.traits.isFlat
    specialTokens = config.traits.specialTokens.map { token in
      let count = token.isRegister ? config.numRegisterTokens : 1
      return builder.parameter(token.name, shape: isFlat ? [width] : [1, count, width], .token)
    }
    let count = positioned + config.patchCount(of: config.imageSize)
    positions = builder.parameter(
      "position_embeddings", shape: isFlat ? [count, width] : [1, count, width], .token)
    let patch = config.patchSize
    projection = LinearStack(
      TrainableLinear(
        builder.scoped("patch_embeddings.projection"),
        inFeatures: config.numChannels * patch.height * patch.width, outFeatures: width,
        bias: config.traits.hasPatchBias, weightShape: [width, config.numChannels, patch.height, patch.width])
    )
  }

  /// The patches' pixels, [patches, channels * patch height * patch width].
  func patches(_ memory: inout TrainingMemory) -> Buffer {
    memory.buffer(rows: config.patchCount(of: config.imageSize), width: projection.inFeatures)
  }

  func include(in scratch: inout TrainingScratch, images: Int) {
    projection.include(in: &scratch, rows: images * config.patchCount(of: config.imageSize))
  }

  /// - Parameters:
  ///   - pixels: [images, channels, height, width].
  ///   - projected: Scratch memory for the projected patches.
  func forward(
    _ context: TrainingContext, pixels: UnsafePointer<Float>, patches: Buffer, projected: Buffer,
    into out: Buffer
  ) {
    context.gatherPatches(
      pixels, config.imageSize, patch: config.patchSize, channels: config.numChannels, into: patches)
    projection.forward(context, context[patches], rows: context.rows(patches), into: context[projected])
    let parts = (context, context[projected.first(patches.rows)], patches.rows, context[out], out)
    context.compute.parallelFor(context.images, with: (self, parts)) { context, image, _ in
      let (embeddings, (pass, projected, patches, out, buffer)) = context
      let width = buffer.width
      let rows = out + image * buffer.rows * width
      embeddings.forEachSpecialToken { row, place, number, hasPosition in
        let token = pass.value(place) + number * width
        let position = pass.value(embeddings.positions) + row * width
        for column in 0..<width {
          rows[row * width + column] = hasPosition ? token[column] + position[column] : token[column]
        }
      }
      let positions = pass.value(embeddings.positions) + embeddings.positioned * width
      let source = projected + image * patches * width
      let to = rows + embeddings.special * width
      for index in 0..<(patches * width) { to[index] = source[index] + positions[index] }
    }
  }

  /// - Parameters:
  ///   - d: The gradient by the result.
  ///   - projected: Scratch memory for that by the projected patches.
  func backward(_ context: TrainingContext, _ d: Buffer, patches: Buffer, projected: Buffer) {
    let width = d.width
    forEachSpecialToken { row, place, number, hasPosition in
      for place in [place, hasPosition ? positions : nil] {
        guard let sum = context.gradient(place) else { continue }
        addImages(
          context, d, row, 1, to: sum + (place == positions ? row : number) * width)
      }
    }
    if let sum = context.gradient(positions) {
      addImages(context, d, special, patches.rows, to: sum + positioned * width)
    }
    guard projection.learns(context) else { return }
    let dense = projected.first(patches.rows)
    context.compute.parallelFor(
      context.images, with: (context[d] + special * width, context[dense], d, patches.rows)
    ) { context, image, _ in
      let (from, to, d, patches) = context
      (to + image * patches * d.width).update(
        from: from + image * d.rows * d.width, count: patches * d.width)
    }
    projection.addGradients(context, context[dense], context[patches], rows: context.rows(patches))
  }

  /// Whether there is anything to learn.
  func learns(_ context: TrainingContext) -> Bool {
    projection.learns(context) || context.gradient(positions) != nil
      || specialTokens.contains { context.gradient($0) != nil }
  }

  /// Adds some rows of all images, one image after the other.
  private func addImages(
    _ context: TrainingContext, _ d: Buffer, _ first: Int, _ count: Int, to sum: UnsafeMutablePointer<Float>
  ) {
    let width = d.width
    let parts = (context[d] + first * width, sum, context.images, d.rows * width, width)
    context.compute.parallelFor(count, with: parts) { context, row, _ in
      let (from, to, images, step, width) = context
      let out = to + row * width
      for image in 0..<images {
        let source = from + image * step + row * width
        for column in 0..<width { out[column] += source[column] }
      }
    }
  }

  /// The tokens before the patches: which row, whose parameter, which row of that, and whether it has a position.
  private func forEachSpecialToken(_ body: (Int, ParameterPlace, Int, Bool) -> Void) {
    var row = 0
    for index in specialTokens.indices {
      let token = config.traits.specialTokens[index]
      for number in 0..<(token.isRegister ? config.numRegisterTokens : 1) {
        body(row, specialTokens[index], number, row < positioned)
        row += 1
      }
    }
  }
}

extension TrainingContext {
  /// Copies the pixels of each whole patch into a row: channel, then row, then column.
  ///
  /// - Parameter pixels: [images, channels, height, width].
  func gatherPatches(
    _ pixels: UnsafePointer<Float>, _ size: ImageExtent, patch: ImageExtent, channels: Int, into out: Buffer
  ) {
    let grid = size.divided(by: patch)
    compute.parallelFor(images * grid.height, with: (pixels, self[out], grid, size, patch, channels)) {
      context, task, _ in
      let (pixels, out, grid, size, patch, channels) = context
      let (image, row) = (task / grid.height, task % grid.height)
      var to = out + task * grid.width * channels * patch.height * patch.width
      for column in 0..<grid.width {
        for channel in 0..<channels {
          for line in row * patch.height..<(row + 1) * patch.height {
            let plane = pixels + (image * channels + channel) * size.height * size.width
            to.update(from: plane + line * size.width + column * patch.width, count: patch.width)
            to += patch.width
          }
        }
      }
    }
  }
}
