import Layers
import TensorCore

/// Blocks over one map of tokens, and the merging that halves it.
struct SwinStage: Sendable {
  private let blocks: [SwinBlock]
  /// Not in the last stage.
  private let downsample: PatchMerging?

  init(_ builder: NetworkBuilder, _ config: SwinConfig, stage: Int) throws {
    blocks = try (0..<config.depths[stage]).map { block in
      try SwinBlock(builder.scoped("blocks.\(block)"), config, stage: stage)
    }
    downsample =
      stage == config.depths.count - 1
      ? nil
      : try PatchMerging(
        builder.scoped("downsample"), width: config.width(ofStage: stage),
        normalizesFirst: config.version == .v1)
  }

  /// The windows over a map of some size.
  struct Geometry: Sendable {
    let map: ImageExtent
    let windows: Windows
    /// Those of every second block.
    let shifted: Windows

    init(_ config: SwinConfig, stage: Int, map: ImageExtent) throws {
      self.map = map
      let (side, shift) = try config.windows(ofStage: stage, map: map)
      // SwinV2 of the reference adds its mask twice.
      let separation: Float = config.version == .v1 ? -100 : -200
      func cut(_ shift: Int) throws -> Windows {
        try Windows(
          height: map.height, width: map.width, side: side, shift: shift, separation: separation)
      }
      windows = try cut(0)
      shifted = shift == 0 ? windows : try cut(shift)
    }
  }

  struct Buffers {
    /// The tokens.
    let hidden: ForwardPass.Buffer
    /// Those of the next stage.
    let next: ForwardPass.Buffer?
    let block: SwinBlock.Buffers
    let merged: ForwardPass.Buffer?
  }

  static func plan(
    _ plan: inout ActivationPlan, _ config: SwinConfig, stage: Int, hidden: ForwardPass.Buffer,
    next: ForwardPass.Buffer?
  ) -> Buffers {
    let block = plan.scope { SwinBlock.plan(&$0, config, stage: stage, tokens: hidden.rows) }
    // Over the blocks' buffers, which have been read by then.
    let merged = next.map { next in
      plan.products(rows: next.rows, width: 4 * hidden.width, exactRows: .none)
      return plan.operand(rows: next.rows, width: 4 * hidden.width, .kept)
    }
    return Buffers(hidden: hidden, next: next, block: block, merged: merged)
  }

  /// - Parameter attentions: Receives the probabilities of the last block.
  func run(
    _ pass: ForwardPass, _ buffers: Buffers, _ geometry: Geometry, attentions: UnsafeMutablePointer<Float>?
  ) {
    for index in blocks.indices {
      blocks[index].run(
        pass, buffers.block, buffers.hidden,
        in: index.isMultiple(of: 2) ? geometry.windows : geometry.shifted,
        attentions: index == blocks.count - 1 ? attentions : nil)
    }
    if let downsample, let merged = buffers.merged, let next = buffers.next {
      downsample.run(pass, buffers.hidden, map: geometry.map, through: merged, into: next)
    }
  }
}
