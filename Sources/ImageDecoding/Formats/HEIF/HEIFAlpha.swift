#if HEIC
  internal import CImageCodecs

  /// The alpha of an image, found for each of its pixels: it is turned, cropped and sized for itself.
  struct HEIFAlpha {
    private let picture: HEVCPicture
    /// For a column and for a row of the image, the coordinates in the alpha's picture.
    private let along: [UInt32]
    private let across: [UInt32]
    /// Whether a row of the image is a column of the alpha's picture.
    private let swaps: Bool
    private let row: PixelStorage
    let isPremultiplied: Bool

    init(
      _ alpha: HEIFImage, of image: HEIFImage, isPremultiplied: Bool, _ metadata: HEIFMetadata,
      limits: DecodeLimits, work: inout Int
    ) throws(ImageError) {
      picture = try alpha.picture(metadata, limits: limits, work: &work)
      guard picture.bits == image.configuration.bits else {
        throw .unsupportedVariant(format: .heif, detail: "alpha of another depth than the image's")
      }
      guard alpha.geometry.interpolation(chroma: picture.chroma) == nil else {
        throw .unsupportedVariant(format: .heif, detail: "turned alpha that has colours")
      }
      let (to, from) = (image.geometry, alpha.geometry)
      swaps = to.orientation.swapsAxes != from.orientation.swapsAxes
      along = (0..<to.crop.width).map { Self.coordinate(of: $0, isColumn: true, to, from) }
      across = (0..<to.crop.height).map { Self.coordinate(of: $0, isColumn: false, to, from) }
      guard let row = PixelStorage(count: to.crop.width) else { throw .outOfMemory(bytes: to.crop.width) }
      (self.row, self.isPremultiplied) = (row, isPremultiplied)
    }

    private static func coordinate(
      of position: Int, isColumn: Bool, _ to: HEIFGeometry, _ from: HEIFGeometry
    ) -> UInt32 {
      // As it is seen.
      let mirrors = isColumn ? to.orientation.mirrorsRows : to.orientation.mirrorsColumns
      let count = isColumn ? to.crop.width : to.crop.height
      let seen = mirrors ? count - 1 - position : position
      // In the alpha of its own size, of which libheif takes the nearest sample.
      let isAcross = isColumn != to.orientation.swapsAxes
      let isAlphaColumn = isAcross != from.orientation.swapsAxes
      let alphaCount = isAlphaColumn ? from.crop.width : from.crop.height
      let scaled = seen * alphaCount / count
      let alphaMirrors = isAlphaColumn ? from.orientation.mirrorsRows : from.orientation.mirrorsColumns
      let start = isAlphaColumn ? from.crop.x : from.crop.y
      return UInt32(clamping: start + (alphaMirrors ? alphaCount - 1 - scaled : scaled))
    }

    /// Applies it to a row of the image: composites it on white, or divides the colours by it.
    func apply(to rgb: UnsafeMutablePointer<UInt8>, y: Int) throws(ImageError) {
      try picture.copyLuma(along: along, across: across[y], swaps: swaps, to: row.base)
      if isPremultiplied {
        cic_hevc_unmultiply(rgb, row.base, along.count)
      } else {
        cic_on_white(rgb, row.base, 1, along.count)
      }
    }
  }
#endif
