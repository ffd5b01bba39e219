/// Memory that lives as long as the process.
final class StaticMemory: @unchecked Sendable {
  // Sendable: nobody writes the memory, as the initialiser's caller has promised.
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }
}
