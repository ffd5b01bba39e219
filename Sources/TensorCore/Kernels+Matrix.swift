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

  /// Turns rows in place into what `MatrixProduct` reads at this precision; `columns` floats each, `stride`
  /// floats apart before and after. Nothing happens at float32.
  ///
  /// - Parameter quantization: Receives the scales of the rows from `firstRow` on (int8 only).
  package func prepareRows(
    _ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, precision: Precision,
    quantization: RowQuantization, firstRow: Int
  ) {
    format(precision).prepare_rows?(
      x, rows, columns, stride, quantization.scales + firstRow, quantization.zeros + firstRow)
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

/// The scales and zero points that int8 rows are read with, one of each a row.
package struct RowQuantization {
  let scales: UnsafeMutablePointer<Float>
  let zeros: UnsafeMutablePointer<Int32>

  /// Room for `rows` rows.
  package init(_ workspace: Workspace, rows: Int) {
    scales = workspace.floats(rows)
    zeros = UnsafeMutableRawPointer(workspace.floats(rows)).bindMemory(to: Int32.self, capacity: rows)
  }

  /// The floats that `init` asks a workspace for.
  package static func capacity(rows: Int) -> Int { 2 * Workspace.rounded(rows) }
}
