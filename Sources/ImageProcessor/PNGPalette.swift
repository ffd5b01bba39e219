/// The colours of an indexed image, at most 256. Indices beyond them are black.
struct PNGPalette {
  /// Triples of red, green and blue.
  let colors: [UInt8]

  init(_ header: PNGHeader) throws(ImageError) {
    let stored = header.palette ?? UnsafeRawBufferPointer(start: nil, count: 0)
    guard stored.count / 3 <= 256 else {
      throw .corrupt(format: .png, detail: "the palette has \(stored.count / 3) colours")
    }
    colors = Array(stored.prefix(stored.count / 3 * 3))
  }

  /// Fills the part of the image that no frame covers: index 0 of an indexed image, else black.
  func paintBackground(_ storage: PixelStorage, isIndexed: Bool) {
    storage.buffer.initializeMemory(as: UInt8.self, repeating: 0)
    guard isIndexed, colors.count >= 3 else { return }
    for position in stride(from: 0, to: storage.count, by: 3) {
      for channel in 0..<3 { storage.base[position + channel] = colors[channel] }
    }
  }
}
