internal import CTensorKernels

extension Precision {
  var cFormat: agk_format {
    switch self {
    case .float32: agk_float32
    case .bfloat16: agk_bfloat16
    case .int8: agk_int8
    }
  }
}

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
  func usesBLAS(for precision: Precision) -> Bool {
    precision == .float32 && level.float32Products == .blas
  }

  /// Turns some of the rows at `x` in place into what `MatrixProduct` reads at this precision; `columns` floats
  /// each. Nothing happens at float32.
  ///
  /// - Parameters:
  ///   - stride: From one row to the next, before and after; by default they follow each other.
  ///   - quantization: Receives how these rows are to be read (int8 only).
  package func prepareRows(
    _ x: UnsafeMutablePointer<Float>, _ rows: Range<Int>, columns: Int, stride: Int? = nil,
    precision: Precision, quantization: RowQuantization
  ) {
    guard let prepare = format(precision).prepare_rows else { return }
    withUnsafePointer(to: quantization.rows) {
      prepare(x, rows.lowerBound, rows.count, columns, stride ?? columns, $0)
    }
  }

  /// The scratch memory of `attention` in floats.
  package func attentionScratch(tokens: Int, headSize: Int) -> Int {
    table.pointee.matrix.attention_scratch(tokens, headSize)
  }

  /// `softmax(scale query key^T + bias) value` of one head, for some of its queries.
  ///
  /// - Parameters:
  ///   - head: What to compute.
  ///   - queries: Which tokens' results are asked for.
  ///   - scratch: `attentionScratch` floats.
  package func attention(
    _ head: AttentionHead, queries: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: head.head) {
      table.pointee.matrix.attention($0, queries.lowerBound, queries.count, scratch)
    }
  }
}
