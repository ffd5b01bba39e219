#if AVIF
  internal import CImageCodecs

  /// AVIF through libavif, as Pillow's own plugin decodes it: the first frame; rotation, mirror and clean aperture are not
  /// applied, but the first two are the image's orientation.
  struct AVIFReader: ImageReader {
    static var codec: String? { "libavif " + String(cString: cic_avif_version()) }

    private let decoder: Decoder
    private let limits: DecodeLimits
    private let alpha: Int
    let header: ImageHeader

    /// Owns libavif's decoder, and the copy of the file that it reads if there is one.
    private final class Decoder {
      let base: OpaquePointer
      private let copy: PixelStorage?

      init(_ base: OpaquePointer, copy: PixelStorage?) { (self.base, self.copy) = (base, copy) }

      deinit { cic_avif_close(base) }
    }

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      self.limits = limits
      var structure = AVIFStructure(bytes)
      guard !structure.isExcessive else {
        throw .unsupportedVariant(format: .avif, detail: "more items and properties than any image has")
      }
      let isOlder = cic_avif_finds_as_reference() == 0
      let copy = isOlder ? try structure.corrected(bytes, limits: limits) : nil
      let source = copy.map { UnsafeRawBufferPointer($0.buffer) } ?? bytes
      if copy != nil { structure = AVIFStructure(source) }
      var found = cic_avif_header()
      var result = cic_result()
      var bounds = cic_avif_limits(max_pixels: Int64(limits.pixels), max_frames: Int64(limits.frames))
      guard
        let opened = cic_avif_open(
          source.bindMemory(to: UInt8.self).baseAddress, source.count, &bounds, &found, &result)
      else {
        throw result.imageError(format: .avif, limits: limits, size: 0)
          ?? .corrupt(format: .avif, detail: "libavif cannot read its header")
      }
      decoder = Decoder(opened, copy: copy)
      alpha = try Self.alpha(found, isOlder ? structure : nil)
      let (width, height) = (Int(found.width), Int(found.height))
      guard width > 0, height > 0 else {
        throw .corrupt(format: .avif, detail: "the size \(width) x \(height) has no pixels")
      }
      try limits.check(width: width, height: height)
      try limits.check(metadataBytes: found.exif.count + found.xmp.count)
      // Planes of the colours and of alpha, and what the codec keeps of them.
      let sampleBytes = found.depth > 8 ? 2 : 1
      try limits.check(
        intermediateBytes: (found.is_grey != 0 ? 2 : 4) * sampleBytes * width * height + (4 << 20))
      header = ImageHeader(
        format: .avif, mode: alpha != CIC_AVIF_NO_ALPHA ? "RGBA" : found.is_grey != 0 ? "L" : "RGB",
        width: width,
        height: height, orientation: Self.orientation(found), comesFromTop: true)
    }

    /// What becomes of alpha, of `CIC_AVIF_NO_ALPHA` and its like.
    ///
    /// - Parameter structure: Nil where libavif finds what the reference finds.
    private static func alpha(
      _ header: cic_avif_header, _ structure: AVIFStructure?
    ) throws(ImageError) -> Int {
      guard let structure else { return header.has_alpha != 0 ? CIC_AVIF_ALPHA : CIC_AVIF_NO_ALPHA }
      if structure.hasTilesOutOfOrder {
        throw needsNewer("a grid with a tile that is listed twice, or before an item that is named earlier,")
      }
      switch structure.alpha {
      case .absent: return CIC_AVIF_NO_ALPHA
      case .plain where header.has_alpha != 0:
        if structure.turnsAlphaAlone {
          throw .unsupportedVariant(format: .avif, detail: "alpha that is turned or cropped alone")
        }
        return CIC_AVIF_ALPHA
      case .plain: return CIC_AVIF_NO_ALPHA
      case .beyondOlderVersions(isPremultiplied: true):
        throw needsNewer("premultiplied alpha that is not the first auxiliary image")
      case .beyondOlderVersions: return CIC_AVIF_UNREAD_ALPHA
      }
    }

    private static func needsNewer(_ variant: String) -> ImageError {
      .unsupportedVariant(
        format: .avif,
        detail: "\(variant) needs libavif 1.1.1, this is \(String(cString: cic_avif_version()))")
    }

    /// Pillow puts the orientation of rotation and mirror in the place of what an EXIF block says, even where there is
    /// neither; without a block that says anything, an XMP packet counts.
    private static func orientation(_ header: cic_avif_header) -> ImageOrientation {
      if header.orientation != 1 { return ImageOrientation(rawValue: Int(header.orientation)) ?? .topLeft }
      let metadata = OrientationMetadata(exif: header.exif.array, xmp: header.xmp.array)
      if let exif = metadata.exif, !exif.isEmpty, exif.withUnsafeBytes({ EXIFOrientation(in: $0) }) != .absent
      {
        return .topLeft
      }
      return metadata.orientation
    }

    func read(into sink: RowSink) throws(ImageError) -> ImageOrientation {
      if alpha == CIC_AVIF_UNREAD_ALPHA, sink.isOnWhite {
        throw Self.needsNewer(
          "compositing on white the alpha of a grid's tiles or of a later auxiliary image")
      }
      let result = cic_avif_decode(decoder.base, Int32(alpha), sink.rows)
      if let error = result.imageError(header, limits: limits) { throw error }
      return header.orientation
    }
  }
#else
  typealias AVIFReader = UnbuiltReader
#endif
