internal import CImageCodecs

extension ImageDecoder {
  /// The formats that this build decodes, each with the library that does it.
  public static var codecVersions: [(format: ImageFormat, version: String)] {
    var versions: [(format: ImageFormat, version: String)] = [
      (.jpeg, String(cString: cic_jpeg_version())),
      (.png, "libpng " + String(cString: cic_png_version())),
    ]
    #if WebP
      let number = cic_webp_version()
      versions.append((.webp, "libwebp \(number >> 16).\(number >> 8 & 255).\(number & 255)"))
    #endif
    return versions
  }
}
