/// An image format, recognised by its first bytes and never by a file name.
///
/// Raw values are the names that Pillow gives. Those that `isSupported` says are decoded, each in builds with its
/// package trait; the others exist so that an error can say what the file is.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// JPEG, and the first image of an MPO file. Decoded.
  case jpeg = "JPEG"
  /// PNG, and the default image or first frame of an APNG. Decoded.
  case png = "PNG"
  /// GIF: the first image. Decoded.
  case gif = "GIF"
  /// WebP, and the first frame of an animation. Decoded.
  case webp = "WEBP"
  /// Windows bitmap. Decoded.
  case bmp = "BMP"
  /// TIFF and BigTIFF: the first image. Decoded. Camera raw formats that begin like it mostly are not.
  case tiff = "TIFF"
  /// AVIF, and the first frame of a sequence. Decoded.
  case avif = "AVIF"
  /// HEIF and HEIC: the primary image, if it is coded with HEVC. Decoded.
  case heif = "HEIF"
  /// JPEG 2000, as a file or a bare code stream.
  case jpeg2000 = "JPEG2000"
  /// JPEG XL.
  case jpegXL = "JPEGXL"
  /// Photoshop document.
  case psd = "PSD"
  /// PDF.
  case pdf = "PDF"
  /// SVG.
  case svg = "SVG"
  /// Windows icon.
  case ico = "ICO"
  /// Apple icon.
  case icns = "ICNS"
  /// QOI.
  case qoi = "QOI"
  /// DirectDraw surface.
  case dds = "DDS"
  /// PBM, PGM or PPM.
  case pnm = "PPM"
  /// PostScript.
  case eps = "EPS"
  /// PC Paintbrush.
  case pcx = "PCX"
  /// Silicon Graphics image.
  case sgi = "SGI"
  /// Truevision Targa, by the signature at its end or a header that fits the file.
  case tga = "TGA"
  /// Windows cursor.
  case cur = "CUR"
  /// Sun raster.
  case sun = "SUN"
  /// X11 bitmap.
  case xbm = "XBM"
  /// Radiance picture.
  case hdr = "HDR"
  /// OpenEXR.
  case exr = "EXR"
  /// FITS.
  case fits = "FITS"
  /// DICOM.
  case dicom = "DICOM"
  /// GIMP image.
  case xcf = "XCF"
  /// X11 pixmap.
  case xpm = "XPM"
  /// Windows metafile.
  case wmf = "WMF"
  /// Camera raw: of Canon, Fujifilm, Olympus, Panasonic or Sigma.
  case raw = "camera raw"

  /// Whether there is a decoder for it, built in or not.
  public var isSupported: Bool { row?.trait != nil }

  /// How names of such files end, in lower case and without the point. Empty for most that are not decoded.
  public var fileNameEndings: [String] { row?.endings ?? [] }

  /// The format whose signature `bytes` begins with, if it is a known one.
  public init?(signatureOf bytes: UnsafeRawBufferPointer) {
    let start = FileStart(bytes)
    guard let row = Self.table.first(where: { $0.signature(start) }) else { return nil }
    self = row.format
  }
}
