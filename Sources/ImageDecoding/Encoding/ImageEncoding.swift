/// A format to encode an image in, with its settings. The defaults are Pillow 13's.
public enum ImageEncoding: Sendable, Hashable {
  /// Baseline JPEG with the standard's Huffman tables, as Pillow's `save(quality:subsampling:)` writes it.
  ///
  /// `quality` is 1 to 100, libjpeg's scale.
  case jpeg(quality: Int = 75, subsampling: ChromaSubsampling = .quarter)
  /// Lossy WebP, as Pillow's `save(quality:method:)` writes it.
  ///
  /// `quality` is 0 to 100, `method` 0 (fast) to 6 (small).
  case webp(quality: Double = 80, method: Int = 4)
  /// PNG of 8-bit RGB: the pixels themselves. `level` is zlib's, 0 to 9.
  case png(level: Int = 6)

  /// The format of the file.
  public var format: ImageFormat {
    switch self {
    case .jpeg: .jpeg
    case .webp: .webp
    case .png: .png
    }
  }
}

/// How many samples of luma a JPEG has for one of each chroma.
public enum ChromaSubsampling: String, Sendable, CaseIterable {
  /// As many: colours at full resolution.
  case full = "4:4:4"
  /// Two, side by side.
  case half = "4:2:2"
  /// Four, two by two: libjpeg's default.
  case quarter = "4:2:0"
}
