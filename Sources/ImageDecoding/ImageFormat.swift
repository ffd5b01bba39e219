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
  public var isSupported: Bool {
    switch self {
    case .jpeg, .png, .webp, .gif, .bmp, .tiff, .avif, .heif: true
    default: false
    }
  }

  /// The format whose signature `bytes` begins with, if it is a known one.
  public init?(signatureOf bytes: UnsafeRawBufferPointer) {
    let start = Signature(bytes)
    if let format = start.fixed ?? start.isoMedia ?? start.rare ?? start.text ?? start.trailer {
      self = format
    } else {
      return nil
    }
  }
}

private struct Signature {
  let bytes: UnsafeRawBufferPointer
  let end: UnsafeRawBufferPointer
  /// Bytes of the file.
  let count: Int

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(1024))
    end = UnsafeRawBufferPointer(rebasing: bytes.suffix(18))
    count = bytes.count
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
    if matches([0x49, 0x49, 0x2A, 0]), matches("CR", at: 8) { return .raw }
    if matches([0x49, 0x49, 0x2A, 0]) || matches([0x4D, 0x4D, 0, 0x2A]) { return .tiff }
    // Byte orders mixed up, which Pillow reads.
    if matches([0x49, 0x49, 0, 0x2A]) || matches([0x4D, 0x4D, 0x2A, 0]) { return .tiff }
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
    if Self.heicBrands.contains(where: { matches($0, at: 8) }) { return .heif }
    if matches("mif1", at: 8) || matches("msf1", at: 8) {
      // Both formats have these; what else the file is compatible with decides, HEIC before AVIF.
      let brands = compatibleBrands
      return brands.contains { $0 == "avif" || $0 == "avis" } && Self.heicBrands.isDisjoint(with: brands)
        ? .avif : .heif
    }
    return matches("crx ", at: 8) ? .raw : nil
  }

  private static let heicBrands: Set<String> = [
    "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs",
  ]

  /// The compatible brands of an ISO base media file, of those within the bytes that are looked at.
  private var compatibleBrands: [String] {
    let end = Swift.min(bytes.integer(at: 0, bytes: 4) ?? 0, bytes.count)
    return stride(from: 16, to: end - 3, by: 4).map { String(decoding: bytes[$0..<$0 + 4], as: UTF8.self) }
  }

  /// Formats that are met less often.
  var rare: ImageFormat? {
    if matches([0x0A]), bytes.count > 2, [0, 2, 3, 5].contains(bytes[1]), bytes[2] == 1 { return .pcx }
    if matches([0x01, 0xDA]) { return .sgi }
    if matches([0x59, 0xA6, 0x6A, 0x95]) { return .sun }
    if matches([0, 0, 2, 0]), isCursor { return .cur }
    if matches("#?RADIANCE") || matches("#?RGBE") { return .hdr }
    if matches([0x76, 0x2F, 0x31, 0x01]) { return .exr }
    if matches("SIMPLE  =") { return .fits }
    if matches("DICM", at: 128) { return .dicom }
    if matches("gimp xcf") { return .xcf }
    if matches("/* XPM */") { return .xpm }
    if matches([0xD7, 0xCD, 0xC6, 0x9A]) || matches(" EMF", at: 40) { return .wmf }
    if matches("FUJIFILMCCD-RAW") || matches("FOVb") { return .raw }
    if matches("IIRO") || matches("IIRS") || matches("MMOR") || matches([0x49, 0x49, 0x55, 0]) {
      return .raw
    }
    return nil
  }

  /// Targa files have their signature at the end, if they have one.
  var trailer: ImageFormat? { end.elementsEqual("TRUEVISION-XFILE.\0".utf8) || isTarga ? .tga : nil }

  private func little(_ offset: Int, _ size: Int = 2) -> Int? {
    bytes.integer(at: offset, bytes: size)?.littleEndian(bytes: size)
  }

  /// A directory of cursors whose first one lies in the file. (Targa begins alike, with a count of none.)
  private var isCursor: Bool {
    guard let cursors = little(4), cursors > 0, let offset = little(18, 4) else { return false }
    return offset >= 6 + 16 * cursors && offset < count
  }

  /// A header of Targa that is followed by as many bytes as it says, at least. Of those without a signature this is all
  /// that there is, and other data must not be taken for it.
  private var isTarga: Bool {
    guard bytes.count > 18, bytes[1] <= 1, let width = little(12), let height = little(14), width > 0,
      height > 0,
      let colors = little(5)
    else { return false }
    let (hasColors, type, mapBits, depth) = (bytes[1] == 1, bytes[2], Int(bytes[7]), Int(bytes[16]))
    switch (type & 7, depth) {
    case (1, 8): guard hasColors else { return false }
    case (3, 1), (3, 8), (3, 16), (2, 16), (2, 24), (2, 32): break
    default: return false
    }
    guard (1...3).contains(type) || (9...11).contains(type) else { return false }
    if hasColors, ![16, 24, 32].contains(mapBits) { return false }
    let before = 18 + Int(bytes[0]) + (hasColors ? colors * mapBits / 8 : 0)
    // A run of 128 pixels takes a byte for its length and one pixel.
    let coded =
      type >= 9 ? (width * height + 127) / 128 * (1 + depth / 8) : (width * depth + 7) / 8 * height
    return before + coded <= count
  }

  /// The two sizes that an X11 bitmap defines, and the name of its bits.
  private func isBitmap(_ text: Substring) -> Bool {
    guard text.hasPrefix("#define") || text.hasPrefix("/*"), text.contains("_bits[]") else { return false }
    return ["_width", "_height"].allSatisfy { name in
      text.split(whereSeparator: \.isNewline).contains { line in
        let words = line.split(whereSeparator: \.isWhitespace)
        return words.count == 3 && words[0] == "#define" && words[1].hasSuffix(name) && Int(words[2]) != nil
      }
    }
  }

  var text: ImageFormat? {
    if bytes.count > 2, bytes[0] == UInt8(ascii: "P"), (0x31...0x36).contains(bytes[1]),
      [0x20, 0x09, 0x0A, 0x0D].contains(bytes[2])
    {
      return .pnm
    }
    let start = String(decoding: bytes, as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if start.hasPrefix("<svg") { return .svg }
    if isBitmap(start) { return .xbm }
    if start.hasPrefix("<?xml") || start.hasPrefix("<!DOCTYPE svg") {
      return start.contains("<svg") ? .svg : nil
    }
    return nil
  }
}

extension Int {
  /// The same bytes in the other order.
  fileprivate func littleEndian(bytes count: Int) -> Int {
    (0..<count).reduce(0) { $0 << 8 | self >> (8 * $1) & 0xFF }
  }
}
