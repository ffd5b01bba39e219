internal import CImageCodecs

/// Where a reader's rows go: memory for all of them, or a band that is worked off whenever it is full.
package class RowSink {
  /// Readers in C write to this. It points to memory that this object owns.
  let rows: UnsafeMutablePointer<cic_rows>

  init(width: Int, height: Int, base: UnsafeMutablePointer<UInt8>, capacity: Int) {
    rows = .allocate(capacity: 1)
    // A header's sizes have passed the limits, and no format has more than 32 bits of them.
    rows.initialize(
      to: cic_rows(
        base: base, stride: width * 3, first: 0, end: 0, capacity: UInt32(clamping: capacity),
        height: UInt32(clamping: height), flush: nil, context: nil, alpha: Int32(CIC_ALPHA_DROPPED),
        misused: 0))
  }

  deinit { rows.deallocate() }

  /// Whether alpha is composited on white. Set before anything is written.
  package var isOnWhite: Bool {
    get { rows.pointee.alpha == Int32(CIC_ALPHA_ON_WHITE) }
    set { rows.pointee.alpha = Int32(newValue ? CIC_ALPHA_ON_WHITE : CIC_ALPHA_DROPPED) }
  }

  /// Whether alpha stands in place of all three channels, which PNG and WebP do. Set before anything is written.
  package var isAlphaAlone: Bool {
    get { rows.pointee.alpha == Int32(CIC_ALPHA_ALONE) }
    set { rows.pointee.alpha = Int32(newValue ? CIC_ALPHA_ALONE : CIC_ALPHA_DROPPED) }
  }

  /// Whether the memory is black before anything is written, and so takes none until then.
  var isBlack: Bool { false }

  /// Whether a reader asked for a row that there is no memory for. What it then wrote stands in some other row.
  var isMisused: Bool { rows.pointee.misused != 0 }

  /// The memory of row `y`, counted from the top; `isMisused` says whether there was none.
  func row(_ y: Int) -> UnsafeMutablePointer<UInt8> { cic_row(rows, UInt32(exactly: y) ?? .max) }

  /// Starts again from the first row.
  func rewind() { (rows.pointee.first, rows.pointee.end) = (0, 0) }

  /// Behind the last row that was asked for.
  var end: Int { Int(rows.pointee.end) }
}
