extension ImageFormat {
  /// All that is known of a format.
  struct Row: Sendable {
    let format: ImageFormat
    /// The package trait that a build with its decoder has; nil for a format that is only named.
    var trait: String?
    var endings: [String] = []
    var reader: any ImageReader.Type = UnbuiltReader.self
    /// Whether a file is of the format.
    let signature: @Sendable (FileStart) -> Bool
  }

  var row: Row? { Self.rows[self] }

  private static let rows = Dictionary(table.map { ($0.format, $0) }) { first, _ in first }

  /// Every format once. The first whose signature fits counts: weak signatures stand at the end.
  static let table: [Row] = [
    Row(
      format: .jpeg, trait: "JPEG", endings: ["jpg", "jpeg", "jpe", "jfif", "pjpeg", "pjp", "mpo"],
      reader: JPEGReader.self, signature: { $0.begins([0xFF, 0xD8, 0xFF]) }),
    Row(
      format: .png, trait: "PNG", endings: ["png", "apng"], reader: PNGReader.self,
      signature: { $0.begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }),
    Row(
      format: .webp, trait: "WebP", endings: ["webp"], reader: WebPReader.self,
      signature: { $0.begins("RIFF") && $0.has("WEBP", at: 8) }),
    Row(
      format: .gif, trait: "GIF", endings: ["gif"], reader: GIFReader.self,
      signature: { $0.begins("GIF87a") || $0.begins("GIF89a") }),
    Row(
      format: .bmp, trait: "BMP", endings: ["bmp", "dib"], reader: BMPReader.self,
      signature: { $0.begins("BM") }),
    Row(
      format: .tiff, trait: "TIFF", endings: ["tif", "tiff"], reader: TIFFReader.self,
      signature: { $0.isTIFF && !$0.isCanonRaw }),
    Row(
      format: .avif, trait: "AVIF", endings: ["avif", "avifs"], reader: AVIFReader.self,
      signature: { ISOBrands($0)?.isAVIF == true }),
    Row(
      format: .heif, trait: "HEIC", endings: ["heic", "heics", "heif", "heifs", "hif"],
      reader: HEIFReader.self,
      signature: { ISOBrands($0)?.isHEIF == true }),

    // Those below are named, so that an error can say what the file is.
    Row(
      format: .jpeg2000, endings: ["jp2", "j2k", "jpf"],
      signature: {
        $0.begins([0xFF, 0x4F, 0xFF, 0x51]) || $0.begins([0, 0, 0, 0x0C]) && $0.has("jP  ", at: 4)
      }),
    Row(
      format: .jpegXL, endings: ["jxl"],
      signature: { $0.begins([0xFF, 0x0A]) || $0.begins([0, 0, 0, 0x0C]) && $0.has("JXL ", at: 4) }),
    Row(format: .psd, signature: { $0.begins("8BPS") }),
    Row(format: .pdf, signature: { $0.begins("%PDF-") }),
    Row(format: .ico, signature: { $0.begins([0, 0, 1, 0]) }),
    Row(format: .icns, signature: { $0.begins("icns") }),
    Row(format: .qoi, signature: { $0.begins("qoif") }),
    Row(format: .dds, signature: { $0.begins("DDS ") }),
    Row(format: .eps, signature: { $0.begins("%!PS") }),
    Row(format: .raw, signature: \.isCameraRaw),
    Row(format: .pcx, signature: \.isPaintbrush),
    Row(format: .sgi, signature: { $0.begins([0x01, 0xDA]) }),
    Row(format: .sun, signature: { $0.begins([0x59, 0xA6, 0x6A, 0x95]) }),
    Row(format: .cur, signature: { $0.begins([0, 0, 2, 0]) && $0.isCursor }),
    Row(format: .hdr, signature: { $0.begins("#?RADIANCE") || $0.begins("#?RGBE") }),
    Row(format: .exr, signature: { $0.begins([0x76, 0x2F, 0x31, 0x01]) }),
    Row(format: .fits, signature: { $0.begins("SIMPLE  =") }),
    Row(format: .dicom, signature: { $0.has("DICM", at: 128) }),
    Row(format: .xcf, signature: { $0.begins("gimp xcf") }),
    Row(format: .xpm, signature: { $0.begins("/* XPM */") }),
    Row(format: .wmf, signature: { $0.begins([0xD7, 0xCD, 0xC6, 0x9A]) || $0.has(" EMF", at: 40) }),
    Row(format: .pnm, signature: \.isPortableMap),
    Row(format: .svg, signature: \.isVectorGraphics),
    Row(format: .xbm, signature: \.isXBitmap),
    Row(format: .tga, signature: { $0.ends("TRUEVISION-XFILE.\0") || $0.isTarga }),
  ]
}

/// Stands in the table for a decoder whose package trait is off.
enum UnbuiltReader: ImageReader {
  static var codec: String? { nil }

  init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) { throw .notAnImage }

  var header: ImageHeader { switch self {} }
  func read(into sink: RowSink) throws(ImageError) -> ImageOrientation { switch self {} }
}
