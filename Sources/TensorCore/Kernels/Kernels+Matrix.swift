internal import CTensorKernels

extension Kernels {
  func format(_ precision: Precision) -> agk_matrix_format {
    let formats = table.pointee.matrix.formats
    return switch precision {
    case .float32: formats.0
    case .bfloat16: formats.1
    case .int8: formats.2
    }
  }

  /// Whether the system's BLAS does the products instead of the level's own kernels.
  func usesBLAS(for precision: Precision) -> Bool { level == .blas && precision == .float32 }

  /// Turns some of the rows at `x` in place into what `MatrixProduct` reads at this precision; `columns` floats
  /// each, one after the other before and after. Nothing happens at float32.
  ///
  /// - Parameter quantization: Receives how these rows are to be read (int8 only).
  package func prepareRows(
    _ x: UnsafeMutablePointer<Float>, _ rows: Range<Int>, columns: Int, precision: Precision,
    quantization: RowQuantization
  ) {
    guard let prepare = format(precision).prepare_rows else { return }
    withUnsafePointer(to: quantization.rows) {
      prepare(x, rows.lowerBound, rows.count, columns, columns, $0)
    }
  }

  /// The scratch memory of `attention` in floats.
  package func attentionScratch(tokens: Int, headSize: Int) -> Int {
    table.pointee.matrix.attention_scratch(tokens, headSize)
  }

  /// `softmax(scale query key^T) value` of one head, for some rows of the query.
  ///
  /// - Parameters:
  ///   - query: `tokens` rows of `headSize` floats, `stride` floats apart, as are `key` and `value`.
  ///   - out: Likewise, `outStride` apart.
  ///   - probabilities: Receives the softmax's rows, `tokens` x `tokens`.
  ///   - scratch: `attentionScratch` floats.
  package func attention(
    query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>, stride: Int,
    tokens: Int, headSize: Int, scale: Float, rows: Range<Int>, into out: UnsafeMutablePointer<Float>,
    outStride: Int, probabilities: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>
  ) {
    var head = agk_attention(
      query: query, key: key, value: value, ld: stride, tokens: tokens, head_size: headSize, scale: scale,
      out: out, ldo: outStride, probabilities: probabilities)
    table.pointee.matrix.attention(&head, rows.lowerBound, rows.count, scratch)
  }
}

/// How int8 rows are read: the scale and the zero point of each, and of each image's first row the remainders
/// too, which make it nearly exact. That is the CLS token's, on which the result hangs more than on any other.
package struct RowQuantization {
  let rows: agk_quantized_rows

  /// Room for `images` times `rowsPerImage` rows of at most `columns` floats.
  package init(_ workspace: Workspace, images: Int, rowsPerImage: Int, columns: Int) {
    let count = images * rowsPerImage
    let remainders = Self.remainderFloats(columns)
    rows = agk_quantized_rows(
      scales: workspace.floats(count),
      zeros: UnsafeMutableRawPointer(workspace.floats(count)).bindMemory(to: Int32.self, capacity: count),
      remainders: UnsafeMutableRawPointer(workspace.floats(images * remainders))
        .bindMemory(to: UInt8.self, capacity: images * remainders * 4),
      remainder_stride: remainders * 4, remainder_step: rowsPerImage)
  }

  /// The floats that `init` asks a workspace for.
  package static func capacity(images: Int, rowsPerImage: Int, columns: Int) -> Int {
    2 * Workspace.rounded(images * rowsPerImage) + Workspace.rounded(images * remainderFloats(columns))
  }

  /// A byte for each column.
  private static func remainderFloats(_ columns: Int) -> Int { (columns + 3) / 4 }
}
