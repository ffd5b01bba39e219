internal import CTensorKernels

/// How rows of bytes are read at int8: the scale and the zero point of each, and of some rows the remainders too, which
/// make them nearly exact.
package struct RowQuantization {
  /// The room that the largest of several buffers needs.
  package struct Extent: Sendable {
    private var rows = 0
    private var exactRows = 0
    private var columns = 0

    package init() {}

    /// Provides for a buffer.
    ///
    /// - Parameters:
    ///   - rows: Of the buffer.
    ///   - exactRows: How many of them are to be read nearly exactly.
    ///   - columns: Of a row.
    package mutating func include(rows: Int, exactRows: Int, columns: Int) {
      self.rows = max(self.rows, rows)
      self.exactRows = max(self.exactRows, exactRows)
      self.columns = max(self.columns, columns)
    }

    /// The memory that `RowQuantization` takes, in floats.
    package var floats: Int {
      2 * Workspace.rounded(rows) + Workspace.rounded(exactRows * remainderFloats)
    }

    /// A byte for each column.
    fileprivate var remainderFloats: Int { (columns + 3) / 4 }
    fileprivate var rowFloats: Int { Workspace.rounded(rows) }
  }

  let rows: agk_quantized_rows

  /// - Parameters:
  ///   - memory: `extent.floats` floats, 64-byte aligned.
  ///   - exactEvery: Of every how many rows the first is read nearly exactly; `nil` for none.
  package init(_ memory: UnsafeMutablePointer<Float>, _ extent: Extent, exactEvery: Int?) {
    let zeros = memory + extent.rowFloats
    let remainders = zeros + extent.rowFloats
    rows = agk_quantized_rows(
      scales: memory, zeros: UnsafeMutableRawPointer(zeros).assumingMemoryBound(to: Int32.self),
      remainders: exactEvery == nil
        ? nil : UnsafeMutableRawPointer(remainders).assumingMemoryBound(to: UInt8.self),
      remainder_stride: extent.remainderFloats * 4, remainder_step: exactEvery ?? 1)
  }
}
