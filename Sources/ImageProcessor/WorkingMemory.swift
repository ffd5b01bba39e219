import Platform

/// What one resize has left of `DecodeLimits.intermediateBytes`.
struct WorkingMemory {
  private let allowed: Int
  private var used = 0

  init(limits: DecodeLimits) { allowed = limits.intermediateBytes }

  /// Sets `count * size` bytes aside for `what`, which errors name.
  mutating func take(_ count: Int, of size: Int, _ what: String) throws(PreprocessingError) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    let (total, overflowOfSum) = used.addingReportingOverflow(bytes)
    guard !overflow, !overflowOfSum, total <= allowed else {
      throw .tooLarge(
        what: "the working memory in bytes, \(what) included,",
        size: overflow || overflowOfSum ? .max : total, allowed: allowed)
    }
    used = total
  }
}

/// Zeros from `calloc`: a system without memory gives an error, where an `Array` would end the process.
final class WorkingArray<Element: BitwiseCopyable> {
  let base: UnsafeMutablePointer<Element>

  init(_ count: Int, _ what: String, _ working: inout WorkingMemory) throws(PreprocessingError) {
    let size = MemoryLayout<Element>.stride
    try working.take(count, of: size, what)
    guard let memory = calloc(Swift.max(count, 1), size) else { throw .outOfMemory(bytes: count * size) }
    base = memory.bindMemory(to: Element.self, capacity: Swift.max(count, 1))
  }

  deinit { free(base) }
}
