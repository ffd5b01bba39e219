import TensorCore

/// The layout of a forward pass's memory, made before any of it is allocated.
///
/// A network asks for its buffers in the order in which it will use them. Those of a scope give their room back
/// when it ends, so that the stages of a network, whose widths and token counts differ, lie over each other. A plan
/// holds no memory and is made without any: planning costs a call nothing.
package struct ActivationPlan {
  /// How long a buffer's contents are needed.
  package enum Lifetime: Sendable {
    /// Until the scope ends in which it was asked for; the outermost scope is the whole pass.
    case scope
    /// Until the backward pass has read them. A plan without a backward pass treats them as `scope`.
    case kept
  }

  /// Rows of floats: the images one after the other, each with room for all its rows, so that a pass over the first
  /// row of each image uses the same layout.
  package struct Buffer: Sendable {
    /// Of one image.
    package let rows: Int
    /// Of a row in floats.
    package let width: Int
    /// From one row to the next in floats: more than `width` where an operand's rows would get in each other's way.
    package let stride: Int
    let offset: Int
    let isKept: Bool
  }

  /// The images of a pass.
  package let images: Int
  /// The kernels that will run.
  package let kernels: Kernels
  /// The arithmetic of the linear layers.
  package let precision: Precision
  private let keepsForBackward: Bool

  /// The floats in use by scopes, and the most there ever were.
  private var used = 0
  private var peak = 0
  private var kept = 0
  /// The floats that one lane needs besides.
  private(set) var laneScratch = 0
  private(set) var quantization = RowQuantization.Extent()
  /// In floating point, because the exact sum of hostile extents might overflow.
  private var largest = 0.0

  /// - Parameter keepsForBackward: Whether a backward pass will follow.
  package init(images: Int, kernels: Kernels, precision: Precision, keepsForBackward: Bool = false) {
    self.images = images
    self.kernels = kernels
    self.precision = precision
    self.keepsForBackward = keepsForBackward
  }

  /// The most floats that a plan may come to: 8 GiB.
  package static let limit = 1 << 31

  /// The floats of all buffers.
  package var activations: Int { peak + kept }

  /// The floats of all buffers and of what `lanes` lanes need, or more where that is beyond `limit`.
  package func demand(lanes: Int) -> Double {
    max(largest, Double(peak) + Double(kept)) + Double(quantization.floats) + Double(lanes)
      * Double(laneScratch)
  }

  /// The floats of a workspace for this plan; `demand` must be within the limit.
  package func capacity(lanes: Int) -> Int {
    peak + kept + quantization.floats + Workspace.rounded(lanes * laneScratch)
  }

  /// Where the kept buffers begin.
  var keptOffset: Int { peak }
  /// Where everything else begins.
  var restOffset: Int { peak + kept }

  /// Asks for a buffer.
  ///
  /// - Parameters:
  ///   - rows: Of one image.
  ///   - width: Of a row in floats.
  package mutating func buffer(rows: Int, width: Int, _ lifetime: Lifetime = .scope) -> Buffer {
    buffer(rows: rows, width: width, stride: width, lifetime)
  }

  /// Asks for a buffer whose rows linear layers read.
  package mutating func operand(rows: Int, width: Int, _ lifetime: Lifetime = .scope) -> Buffer {
    buffer(rows: rows, width: width, stride: MatrixProduct.stride(width: width), lifetime)
  }

  private mutating func buffer(rows: Int, width: Int, stride: Int, _ lifetime: Lifetime) -> Buffer {
    let isKept = lifetime == .kept && keepsForBackward
    let floats = Double(images) * Double(rows) * Double(stride)
    largest = max(largest, Double(used) + Double(kept) + floats)
    guard largest < Double(Self.limit) else {
      return Buffer(rows: rows, width: width, stride: stride, offset: 0, isKept: isKept)
    }
    let count = Workspace.rounded(images * rows * stride)
    if isKept {
      defer { kept += count }
      return Buffer(rows: rows, width: width, stride: stride, offset: kept, isKept: true)
    }
    defer {
      used += count
      peak = max(peak, used)
    }
    return Buffer(rows: rows, width: width, stride: stride, offset: used, isKept: false)
  }

  /// A scope: the room of its buffers is free again when it ends.
  package mutating func scope<R>(_ body: (inout ActivationPlan) -> R) -> R {
    let before = used
    defer { used = before }
    return body(&self)
  }

  /// Provides for linear layers.
  ///
  /// - Parameter rows: Of one image.
  package mutating func products(rows: Int) {
    addScratch(Double(MatrixProduct.scratchCount(rowsPerImage: rows, kernels: kernels)))
  }

  /// Provides for linear layers of the plan's precision over rows of at most `width` floats.
  ///
  /// - Parameters:
  ///   - rows: Of one image.
  ///   - exactRows: Those that 8-bit layers read nearly exactly.
  package mutating func products(rows: Int, width: Int, exactRows: ExactRows) {
    products(rows: rows)
    guard precision == .int8 else { return }
    let images = Double(images)
    guard images * Double(rows) < Double(Self.limit), images * Double(width) < Double(Self.limit) else {
      largest = max(largest, images * Double(rows) * Double(width))
      return
    }
    quantization.include(
      rows: self.images * rows, exactRows: exactRows == .none ? 0 : self.images, columns: width)
  }

  /// Provides for attention over sequences of some tokens.
  ///
  /// - Parameter biased: Whether something is added to the scores, as within windows.
  package mutating func attention(tokens: Int, headSize: Int, biased: Bool = false) {
    // A lane holds a head's keys and values, padded to a panel, some rows of scores, and the biases.
    let floats = (Double(tokens) + 32) * (Double(3 * headSize + 512) + (biased ? Double(tokens) : 0))
    guard floats < Double(Self.limit) else { return addScratch(floats) }
    addScratch(
      Double(
        kernels.attentionScratch(tokens: tokens, headSize: headSize)
          + (biased ? Workspace.rounded(WindowBias.expandedCount(tokens: tokens)) : 0)))
  }

  /// Provides for what one lane needs in floats.
  mutating func addScratch(_ floats: Double) {
    guard floats < Double(Self.limit) else {
      largest = max(largest, floats)
      return
    }
    laneScratch = max(laneScratch, Workspace.rounded(Int(floats)))
  }
}

/// The rows of each image that 8-bit layers are to read nearly exactly, because the result hangs on them more than on
/// any other.
package enum ExactRows: Sendable {
  case none
  /// That of the CLS token.
  case first
}
