#if PNG
  internal import CImageCodecs

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

    private init(colors: [UInt8]) { self.colors = colors }

    /// The colours as they are seen on white. Those that `alphas` has nothing for are opaque.
    func onWhite(_ alphas: [UInt8]) -> PNGPalette {
      var seen = colors
      cic_on_white(&seen, alphas, 1, Swift.min(colors.count / 3, alphas.count))
      return PNGPalette(colors: seen)
    }
  }
#endif
