import Layers
import TensorCore

/// The convolution whose kernel and stride are one patch, as a matrix product; or a linear layer on the pixels of a patch.
struct PatchEmbeddings: Sendable {
  let projection: Linear
  /// Where the projection is without it.
  let bias: Tensor?
  private let channels: Int
  private let patch: ImageExtent
  private let isLinear: Bool

  /// What becomes of the convolution's bias.
  enum Bias {
    /// There is none.
    case none
    /// The projection adds it.
    case added
    /// It is kept apart, to be added together with positions.
    case apart
  }

  /// Asks for `projection.weight`, [width, channels, patch height, patch width], and for `projection.bias`.
  ///
  /// - Parameters:
  ///   - name: That of the convolution where it is not `projection`.
  ///   - isLinear: Whether the weight is that of a linear layer instead, [width, patch height * patch width * channels].
  init(
    _ builder: NetworkBuilder, named name: String = "projection", channels: Int, patch: ImageExtent,
    width: Int, bias: Bias, isLinear: Bool = false
  ) throws {
    let scope = builder.scoped(name).exact
    projection = try Linear(
      scope, inFeatures: channels * patch.height * patch.width, outFeatures: width, bias: bias == .added,
      weightShape: isLinear ? nil : [width, channels, patch.height, patch.width])
    self.bias = bias == .apart ? try scope.tensor("bias", shape: [width]) : nil
    self.channels = channels
    self.patch = patch
    self.isLinear = isLinear
  }

  /// The buffer that `gather` fills, and what the product needs.
  static func plan(
    _ plan: inout ActivationPlan, patches: Int, channels: Int, patch: ImageExtent
  ) -> ForwardPass.Buffer {
    let length = channels * patch.height * patch.width
    plan.products(rows: patches)
    return plan.buffer(rows: patches, width: length, .kept)
  }

  /// Fills the residual stream: what it starts from, and for the patches, which are its last rows, their projection.
  ///
  /// - Parameters:
  ///   - patches: For the patches' pixels.
  ///   - pixels: [images, channels, height, width], dense.
  ///   - start: [tokens, width], with the projection's bias in it.
  func run(
    _ pass: ForwardPass, _ patches: ForwardPass.Buffer, pixels: UnsafePointer<Float>, size: ImageExtent,
    start: Tensor, into hidden: ForwardPass.Buffer
  ) {
    pass.compute.parallelFor(pass.images, with: (pass, start, hidden)) { context, image, _ in
      let (pass, start, hidden) = context
      let length = hidden.rows * hidden.width
      (pass[hidden] + image * length).update(from: start.base, count: length)
    }
    gather(pass, pixels: pixels, size: size, into: patches)
    pass.addProduct(projection, patches, to: hidden, skipping: hidden.rows - patches.rows)
  }

  /// Copies each patch's pixels into a row: channel, then row, then column; for a linear layer row, then column, then
  /// channel.
  ///
  /// - Parameters:
  ///   - pixels: [images, channels, height, width], dense.
  ///   - out: With as many rows as there are patches. Where the patches do not divide the image, these are those that fit,
  ///     or one more for the rest, which is padded with zeros.
  func gather(
    _ pass: ForwardPass, pixels: UnsafePointer<Float>, size: ImageExtent, into out: ForwardPass.Buffer,
    padded: Bool = false
  ) {
    let grid = padded ? size.cutUp(by: patch) : size.divided(by: patch)
    let context = (self, pass, pixels, size, grid, out)
    pass.compute.parallelFor(pass.images * grid.height, with: context) { context, task, _ in
      let (embeddings, pass, pixels, size, grid, out) = context
      let (image, row) = (task / grid.height, task % grid.height)
      let channels = embeddings.channels
      let source = pixels + image * channels * size.height * size.width
      let rows = pass[out] + task * grid.width * out.width
      if embeddings.isLinear {
        embeddings.interleaveRow(row, of: source, size, columns: grid.width, into: rows)
      } else {
        embeddings.gatherRow(row, of: source, size, columns: grid.width, into: rows)
      }
    }
  }

  /// One row of whole patches, the channels of a pixel side by side.
  private func interleaveRow(
    _ row: Int, of image: UnsafePointer<Float>, _ size: ImageExtent, columns: Int,
    into rows: UnsafeMutablePointer<Float>
  ) {
    let plane = size.height * size.width
    var out = rows
    for column in 0..<columns {
      for line in row * patch.height..<(row + 1) * patch.height {
        var source = image + line * size.width + column * patch.width
        let end = source + patch.width
        while source < end {
          for channel in 0..<channels { out[channel] = source[channel * plane] }
          source += 1
          out += channels
        }
      }
    }
  }

  /// One row of patches.
  private func gatherRow(
    _ row: Int, of image: UnsafePointer<Float>, _ size: ImageExtent, columns: Int,
    into rows: UnsafeMutablePointer<Float>
  ) {
    var out = rows
    for column in 0..<columns {
      let width = min(patch.width, size.width - column * patch.width)
      for channel in 0..<channels {
        for line in row * patch.height..<(row + 1) * patch.height {
          if line < size.height {
            let source = image + (channel * size.height + line) * size.width + column * patch.width
            out.update(from: source, count: width)
            (out + width).update(repeating: 0, count: patch.width - width)
          } else {
            out.update(repeating: 0, count: patch.width)
          }
          out += patch.width
        }
      }
    }
  }
}
