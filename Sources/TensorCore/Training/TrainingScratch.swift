/// How much memory `TrainingKernels` needs besides what goes in and comes out: for the largest of the calls that it is
/// told of.
package struct TrainingScratch: Sendable {
  let kernels: Kernels
  let lanes: Int
  /// Weights as panels, and their biases.
  private(set) var panels = 0
  /// Sums that are added up at the end of a loop.
  private(set) var sums = 0
  /// Of each lane.
  private(set) var lane = 0

  package init(kernels: Kernels, lanes: Int) {
    self.kernels = kernels
    self.lanes = lanes
  }

  /// In floats.
  package var count: Int { panels + sums + lanes * lane }

  /// `linear`, `linearInputGradient` and `linearGradients` over `rows` rows.
  package mutating func includeLinear(inputs: Int, outputs: Int, rows: Int) {
    panels = max(
      panels,
      StepProduct.panelCount(columns: outputs, k: inputs, kernels) + Workspace.rounded(outputs),
      StepProduct.panelCount(columns: inputs, k: outputs, kernels))
    let cut = OuterProductCut(rows: rows, outputs: outputs, inputs: inputs, kernels)
    sums = max(sums, cut.sumCount + cut.chunks * Workspace.rounded(outputs))
    lane = max(lane, StepProduct.scratchCount(kernels), Workspace.rounded(cut.scratchCount))
  }

  /// `layerNormGradient` and `addColumnSums`.
  package mutating func includeColumns(_ columns: Int, rows: Int) {
    sums = max(sums, RowBlocks(rows).count * 2 * Workspace.rounded(columns))
  }

  /// `attention` and `attentionGradient`.
  package mutating func includeAttention(tokens: Int, headSize: Int) {
    lane = max(
      lane, Workspace.rounded(kernels.attentionScratch(tokens: tokens, headSize: headSize)),
      Workspace.rounded(kernels.table.pointee.training.attention_gradient_scratch(tokens, headSize)))
  }
}

/// Rows in blocks of a fixed size: what is summed over rows is summed block by block, then over the blocks.
struct RowBlocks {
  static let size = 128
  let rows: Int
  init(_ rows: Int) { self.rows = rows }
  var count: Int { (rows + Self.size - 1) / Self.size }
  func range(_ block: Int) -> Range<Int> { block * Self.size..<min(rows, (block + 1) * Self.size) }
}
