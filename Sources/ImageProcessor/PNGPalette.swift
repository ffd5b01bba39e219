#if PNG
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
  }
#endif
