internal import CImageCodecs

extension ImageDecoder {
  /// The formats that this build decodes, each with the library that does it.
  public static var codecVersions: [(format: ImageFormat, version: String)] {
    [
      (.jpeg, String(cString: agc_jpeg_version())),
      (.png, "libpng " + String(cString: agc_png_version())),
    ]
  }
}
