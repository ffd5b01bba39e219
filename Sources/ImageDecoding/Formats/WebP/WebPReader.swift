#if WebP
  internal import CImageCodecs

  /// WebP through libwebp, as Pillow decodes it: the first frame, on a canvas of transparent black whose alpha is
  /// dropped.
  struct WebPReader: ImageReader {
    static var codec: String? {
      let number = cic_webp_version()
      return "libwebp \(number >> 16).\(number >> 8 & 255).\(number & 255)"
    }

    private let file: cic_webp
    private let limits: DecodeLimits
    let header: ImageHeader

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      try Self.checkChunks(bytes, limits: limits)
      var file = cic_webp()
      let found = cic_webp_read(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &file)
      if let error = found.imageError(format: .webp, limits: limits, size: 0) { throw error }
      let (width, height) = (Int(file.width), Int(file.height))
      try limits.check(width: width, height: height)
      // A frame with alpha or without loss is held whole, four bytes a pixel; of a lossy one some rows are.
      let framePixels = Int(file.frame_width) * Int(file.frame_height)
      let isHeldWhole = file.is_lossy == 0 || file.frame_has_alpha != 0
      try limits.check(
        intermediateBytes: (1 << 20) + 128 * Int(file.frame_width) + (isHeldWhole ? 4 * framePixels : 0))
      (self.file, self.limits) = (file, limits)
      header = ImageHeader(
        format: .webp, mode: file.has_alpha != 0 ? "RGBA" : "RGB", width: width, height: height,
        orientation: OrientationMetadata(exif: file.exif.array, xmp: file.xmp.array).orientation)
    }

    func read(into sink: RowSink) throws(ImageError) -> ImageOrientation {
      let keepsAlpha = (sink.isOnWhite || sink.isAlphaAlone) && file.has_alpha != 0
      if keepsAlpha {
        try limits.check(intermediateBytes: 8 * Int(file.frame_width) * Int(file.frame_height))
      }
      let alpha = keepsAlpha ? sink.rows.pointee.alpha : Int32(CIC_ALPHA_DROPPED)
      let decoded = withUnsafePointer(to: file) { cic_webp_decode($0, alpha, sink.row(0)) }
      if let error = decoded.imageError(header, limits: limits) { throw error }
      return header.orientation
    }

    /// Walks over the chunks of the file before libwebp does, which keeps a record of every frame. What stands behind the
    /// end that the file declares is no part of it.
    private static func checkChunks(
      _ bytes: UnsafeRawBufferPointer, limits: DecodeLimits
    ) throws(ImageError) {
      let first = String(decoding: bytes.dropFirst(12).prefix(4), as: UTF8.self)
      guard ["VP8 ", "VP8L", "VP8X"].contains(first) else {
        throw .corrupt(format: .webp, detail: "the first chunk is no image")
      }
      guard let chunks = RIFFChunks(bytes) else {
        throw .truncated(
          format: .webp,
          detail: "\(RIFFChunks.declaredEnd(of: bytes) ?? 0) bytes are declared, \(bytes.count) are there")
      }
      var metadataBytes = 0
      var frames = 0
      for chunk in chunks {
        switch chunk.type {
        case "VP8X" where chunk.length != 10:
          throw .corrupt(format: .webp, detail: "a VP8X chunk of \(chunk.length) bytes")
        case "ANMF": frames += 1
        case "VP8 ", "VP8L", "ALPH": break
        default: metadataBytes += chunk.length + 8
        }
        try limits.check(metadataBytes: metadataBytes)
        try limits.check(frames: frames)
      }
    }
  }
#else
  typealias WebPReader = UnbuiltReader
#endif
