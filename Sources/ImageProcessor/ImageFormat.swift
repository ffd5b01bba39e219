/// An image format, recognised by its first bytes and never by a file name.
///
/// Raw values are the names that Pillow gives. `jpeg`, `png` and `webp` are decoded; the others exist so that
/// an error can say what the file is.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// JPEG, and the first image of an MPO file. Decoded.
  case jpeg = "JPEG"
  /// PNG, and the default image or first frame of an APNG. Decoded.
  case png = "PNG"
  /// GIF.
  case gif = "GIF"
  /// WebP, and the first frame of an animation. Decoded in builds with the trait `WebP`.
  case webp = "WEBP"
  /// Windows bitmap.
  case bmp = "BMP"
  /// TIFF and BigTIFF, and the camera raw formats that begin like it.
  case tiff = "TIFF"
  /// AVIF.
  case avif = "AVIF"
  /// HEIF and HEIC.
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

  /// The format whose signature `bytes` begins with, if it is a known one.
  public init?(signatureOf bytes: UnsafeRawBufferPointer) {
    let start = Signature(bytes)
    if let format = start.fixed ?? start.isoMedia ?? start.text {
      self = format
    } else {
      return nil
    }
  }
}

private struct Signature {
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(1024))
  }

  func matches(_ pattern: [UInt8], at offset: Int = 0) -> Bool {
    bytes.count >= offset + pattern.count && bytes.dropFirst(offset).starts(with: pattern)
  }

  func matches(_ pattern: String, at offset: Int = 0) -> Bool {
    matches(Array(pattern.utf8), at: offset)
  }

  /// Formats with a constant first few bytes.
  var fixed: ImageFormat? {
    if matches([0xFF, 0xD8, 0xFF]) { return .jpeg }
    if matches([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if matches("GIF87a") || matches("GIF89a") { return .gif }
    if matches("RIFF"), matches("WEBP", at: 8) { return .webp }
    if matches("BM") { return .bmp }
    if matches([0x49, 0x49, 0x2A, 0]) || matches([0x4D, 0x4D, 0, 0x2A]) { return .tiff }
    if matches([0x49, 0x49, 0x2B, 0]) || matches([0x4D, 0x4D, 0, 0x2B]) { return .tiff }
    if matches([0xFF, 0x4F, 0xFF, 0x51]) { return .jpeg2000 }
    if matches([0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20]) { return .jpeg2000 }
    if matches([0xFF, 0x0A]) || matches([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20]) { return .jpegXL }
    if matches("8BPS") { return .psd }
    if matches("%PDF-") { return .pdf }
    if matches([0, 0, 1, 0]) { return .ico }
    if matches("icns") { return .icns }
    if matches("qoif") { return .qoi }
    if matches("DDS ") { return .dds }
    if matches("%!PS") { return .eps }
    return nil
  }

  /// HEIF and AVIF are both ISO base media files; their brands tell them apart.
  var isoMedia: ImageFormat? {
    guard matches("ftyp", at: 4) else { return nil }
    if matches("avif", at: 8) || matches("avis", at: 8) { return .avif }
    for brand in ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"] {
      if matches(brand, at: 8) { return .heif }
    }
    guard matches("mif1", at: 8) || matches("msf1", at: 8) else { return nil }
    let isAVIF = stride(from: 16, to: 64, by: 4).contains { matches("avif", at: $0) }
    return isAVIF ? .avif : .heif
  }

  var text: ImageFormat? {
    if bytes.count > 2, bytes[0] == UInt8(ascii: "P"), (0x31...0x36).contains(bytes[1]),
      [0x20, 0x09, 0x0A, 0x0D].contains(bytes[2])
    {
      return .pnm
    }
    let start = String(decoding: bytes, as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if start.hasPrefix("<svg") { return .svg }
    if start.hasPrefix("<?xml") || start.hasPrefix("<!DOCTYPE svg") {
      return start.contains("<svg") ? .svg : nil
    }
    return nil
  }
}
