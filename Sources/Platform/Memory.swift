internal import CPlatform

/// Whether the system would give an array so many bytes: where it would not, the array's own allocation ends the
/// process, and a sparse file declares any size it likes. The sizes of ordinary files are not worth the question.
package func isMemoryAvailable(byteCount: Int) -> Bool {
  guard byteCount > 1 << 26 else { return true }
  // The array's own header comes on top.
  let (total, overflow) = byteCount.addingReportingOverflow(64)
  return !overflow && cpl_memory_available(total)
}
