#if AVIF
  internal import CImageCodecs

  /// AVIF through libavif, as Pillow's own plugin decodes it: the first frame; rotation, mirror and clean aperture are not
  /// applied, but the first two are the image's orientation.
  struct AVIFReader: ImageReader {
    private let decoder: Decoder
    private let limits: DecodeLimits
    let header: ImageHeader

    /// Owns libavif's decoder.
    private final class Decoder {
      let base: OpaquePointer
      init(_ base: OpaquePointer) { self.base = base }
      deinit { cic_avif_close(base) }
    }

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      self.limits = limits
      var found = cic_avif_header()
      var result = cic_result()
      var bounds = cic_avif_limits(max_pixels: Int64(limits.pixels), max_frames: Int64(limits.frames))
      guard
        let opened = cic_avif_open(
          bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &bounds, &found, &result)
      else {
        throw result.imageError(format: .avif, limits: limits, size: 0)
          ?? .corrupt(format: .avif, detail: "libavif cannot read its header")
      }
      decoder = Decoder(opened)
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
        format: .avif, mode: found.has_alpha != 0 ? "RGBA" : found.is_grey != 0 ? "L" : "RGB", width: width,
        height: height, orientation: Self.orientation(found), comesFromTop: true)
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
      let result = cic_avif_decode(decoder.base, sink.rows)
      if let error = result.imageError(header, limits: limits) { throw error }
      return header.orientation
    }
  }
#endif
