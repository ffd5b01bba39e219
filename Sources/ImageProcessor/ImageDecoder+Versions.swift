internal import CImageCodecs

extension ImageDecoder {
  /// The formats that this build decodes, each with the library that does it.
  public static var codecVersions: [(format: ImageFormat, version: String)] {
    [
      (.jpeg, String(cString: cic_jpeg_version())),
      (.png, "libpng " + String(cString: cic_png_version())),
    ]
  }
}
