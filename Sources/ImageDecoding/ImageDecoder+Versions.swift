internal import CImageCodecs

extension ImageDecoder {
  /// The formats that this build decodes, each with the library that does it.
  public static var codecVersions: [(format: ImageFormat, version: String)] {
    var versions: [(format: ImageFormat, version: String)] = []
    #if JPEG
      versions.append((.jpeg, String(cString: cic_jpeg_version())))
    #endif
    #if PNG
      versions.append((.png, "libpng " + String(cString: cic_png_version())))
    #endif
    #if WebP
      let number = cic_webp_version()
      versions.append((.webp, "libwebp \(number >> 16).\(number >> 8 & 255).\(number & 255)"))
    #endif
    #if GIF
      versions.append((.gif, "own decoder"))
    #endif
    #if BMP
      versions.append((.bmp, "own decoder"))
    #endif
    #if TIFF
      // Of several lines the first.
      let tiff = String(cString: cic_tiff_version()).prefix { $0 != "\n" }
      versions.append((.tiff, tiff.split(separator: ",").joined()))
    #endif
    #if AVIF
      versions.append((.avif, "libavif " + String(cString: cic_avif_version())))
    #endif
    #if HEIC
      versions.append((.heif, "libde265 " + String(cString: cic_hevc_version())))
    #endif
    return versions
  }
}
