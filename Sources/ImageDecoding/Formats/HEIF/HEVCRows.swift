#if HEIC
  internal import CImageCodecs

  /// Turns rows of decoded pictures into rows of an image.
  final class PictureRows {
    private let geometry: HEIFGeometry
    private let color: HEIFColor?
    private let widensGrey: Bool
    private var converted = cic_hevc_color()
    /// The part of the picture in which chroma is interpolated.
    private var region: HEIFGeometry.Rectangle?
    private var scratch: PixelStorage?

    /// - Parameters:
    ///   - color: What the file says; otherwise the stream counts.
    ///   - widensGrey: Whether grey of more than 8 bits becomes 16 bits, as in an image without alpha.
    init(_ image: HEIFImage, _ color: HEIFColor?, widensGrey: Bool) {
      (geometry, self.color, self.widensGrey) = (image.geometry, color, widensGrey)
    }

    /// To be called with each picture before its rows.
    func start(_ picture: HEVCPicture) throws(ImageError) {
      let color = self.color ?? picture.color
      if picture.chroma != 0 { try color.checkConversion() }
      converted = color.inC
      converted.widens_grey = widensGrey ? 1 : 0
      region = geometry.interpolation(chroma: picture.chroma)
      guard let region else { return }
      // What was cut off before does not reach into what is left.
      try picture.crop(to: region)
      scratch = PixelStorage(count: 6 * region.width)
      guard scratch != nil else { throw .outOfMemory(bytes: 6 * region.width) }
      let stream = picture.color
      if !stream.isFullRange {
        // The image that comes of it says that its range is full, where the file says nothing.
        if self.color == nil { converted.full_range = 1 }
        try stream.checkConversion()
        guard stream.matrix != 0, stream.matrix != 8 else {
          throw .unsupportedVariant(
            format: .heif,
            detail: "interpolated chroma of limited range with the colour matrix \(stream.matrix)")
        }
      }
    }

    /// Row `y` of what is seen of the picture, before it is turned.
    func convert(_ picture: HEVCPicture, y: Int, to rgb: UnsafeMutablePointer<UInt8>) throws(ImageError) {
      let crop = geometry.crop
      if let region, let scratch {
        try picture.convertInterpolated(
          converted, x: crop.x - region.x, y: crop.y - region.y + y, count: crop.width, scratch: scratch,
          to: rgb)
      } else {
        try convert(picture, x: crop.x, y: crop.y + y, count: crop.width, to: rgb)
      }
    }

    func convert(
      _ picture: HEVCPicture, x: Int, y: Int, count: Int, to rgb: UnsafeMutablePointer<UInt8>
    ) throws(ImageError) {
      try picture.convert(converted, x: x, y: y, count: count, to: rgb)
    }
  }
#endif
