#if PNG
  internal import CImageCodecs

  /// What the row decoder needs to know.
  struct PNGRowPlan {
    let header: PNGHeader
    let layout: PNGLayout
    let region: PNGHeader.Region
    var palette: PNGPalette
    /// Whether pixels are indices of the palette.
    let isIndexed: Bool
    let limits: DecodeLimits

    /// Whether pixels have an alpha of their own.
    var hasAlpha: Bool { layout.colorType & 4 != 0 }

    /// What rows hold that no data covers: index 0 of an indexed image, else black, and transparent where that can be.
    func background(_ sink: RowSink) -> (UInt8, UInt8, UInt8) {
      if isIndexed, palette.colors.count >= 3 {
        return (palette.colors[0], palette.colors[1], palette.colors[2])
      }
      let isClear = hasAlpha || header.transparentColor.map { $0 == (0, 0, 0) } == true
      return isClear && sink.isOnWhite ? (255, 255, 255) : (0, 0, 0)
    }

    /// Calls `body` with the codec's form of the header.
    func withRequest<R>(
      around: (UInt8, UInt8, UInt8) = (0, 0, 0), _ body: (UnsafePointer<cic_png_header>) -> R
    ) -> R {
      // A palette has no more entries than the indices of the layout can name.
      let entries = Swift.min(palette.colors.count / 3, 1 << Swift.min(layout.bitDepth, 8))
      return palette.colors.withUnsafeBufferPointer { colors in
        var request = cic_png_header(
          width: UInt32(clamping: region.width), height: UInt32(clamping: region.height),
          bit_depth: UInt8(clamping: layout.bitDepth), color_type: UInt8(clamping: layout.colorType),
          interlaced: header.isInterlaced ? 1 : 0, palette: colors.baseAddress, palette_entries: entries,
          has_key: header.transparentColor == nil ? 0 : 1, key: header.transparentColor ?? (0, 0, 0),
          around: around)
        return body(&request)
      }
    }
  }
#endif
