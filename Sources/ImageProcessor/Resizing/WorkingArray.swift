import Platform

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
