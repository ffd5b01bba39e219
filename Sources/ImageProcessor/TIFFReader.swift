#if TIFF
  internal import CImageCodecs

  /// The first image of a TIFF: what it is by the rules of Pillow's reader; uncompressed pixels by those rules too,
  /// compressed ones through libtiff.
  struct TIFFReader: ImageReader {
    private let bytes: UnsafeRawBufferPointer
    private let limits: DecodeLimits
    private let directory: TIFFDirectory
    private var layout: TIFFLayout
    private let palette: [UInt8]
    private let plan: Plan
    let header: ImageHeader

    private enum Plan {
      /// Rows of samples that lie in the file as they are.
      case stored(TIFFStrips)
      case libtiff(asRGBA: Bool, jpegToRGB: Bool, planes: Int)
    }

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      (self.bytes, self.limits) = (bytes, limits)
      guard let directory = TIFFDirectory(bytes) else { throw Self.corrupt("the header is incomplete") }
      self.directory = directory
      if directory.has(.windowsMediaPhoto) {
        throw .unsupportedVariant(format: .tiff, detail: "it is a Windows Media Photo")
      }
      guard let width = directory.integer(.imageWidth), let height = directory.integer(.imageLength),
        width > 0,
        height > 0, width < 1 << 31, height < 1 << 31
      else { throw Self.corrupt("there is no image with a width and a height") }
      try limits.check(width: width, height: height)
      let compression = directory.integer(.compression) ?? 1
      let (key, isSeparate) = try Self.key(directory, compression: compression)
      guard var layout = TIFFLayout(key) else {
        throw .unsupportedVariant(
          format: .tiff,
          detail:
            "photometric \(key.photometric), \(key.bits) bits a sample, sample format \(key.sampleFormat), "
            + "extra samples \(key.extra)")
      }
      var mode = layout.mode
      palette = try Self.palette(directory, needed: layout.conversion == Int(CIC_P))
      if compression == 1 {
        if isSeparate {
          guard let planes = layout.inStoredPlanes else {
            throw .unsupportedVariant(format: .tiff, detail: "the mode \(mode) in uncompressed planes")
          }
          layout = planes
        } else if layout.packing.reversed != 0,
          mode == "P" && layout.packing.bits < 8 || layout.isInverted(bits: 8)
        {
          throw .unsupportedVariant(format: .tiff, detail: "the mode \(mode) with its bits in reverse order")
        }
        plan = .stored(
          try TIFFStrips(directory, layout: layout, width: width, height: height, isSeparate: isSeparate))
      } else {
        guard Self.compressions.contains(compression) else {
          throw .unsupportedVariant(format: .tiff, detail: "compression \(compression)")
        }
        layout = layout.fromLibTIFF(isSeparate: isSeparate, hasExtraSamples: !key.extra.isEmpty)
        let isYCbCr = key.photometric == 6
        let jpegToRGB = isYCbCr && compression == 7 && !isSeparate
        if isYCbCr { mode = "RGB" }
        if jpegToRGB { layout = layout.ofRGB }
        let planes = isSeparate && layout.samples > 1 ? layout.samples : 1
        guard planes <= 4 else {
          throw .unsupportedVariant(format: .tiff, detail: "\(planes) planes")
        }
        plan = .libtiff(asRGBA: isYCbCr && !jpegToRGB, jpegToRGB: jpegToRGB, planes: planes)
      }
      self.layout = layout
      header = ImageHeader(
        format: .tiff, mode: mode, width: width, height: height, turn: directory.turn, comesFromTop: true)
    }

    /// What Pillow's libtiff decodes. WebP is not among it.
    private static let compressions: Set<Int> = [2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32946, 34925, 50000]

    private static func corrupt(_ detail: String) -> ImageError { .corrupt(format: .tiff, detail: detail) }

    /// What decides the mode, and whether samples lie in planes.
    private static func key(
      _ directory: TIFFDirectory, compression: Int
    ) throws(ImageError) -> (TIFFLayout.Key, Bool) {
      // Old-style JPEG has the colours of JPEG, whatever the file says.
      let photometric = compression == 6 ? 6 : directory.integer(.photometric) ?? 0
      var bits = directory.integers(.bitsPerSample, atMost: 16) ?? [1]
      var extra = directory.integers(.extraSamples, atMost: 16) ?? []
      var samples =
        directory.integer(.samplesPerPixel) ?? (compression == 6 ? 3 : 1)
      let isSeparate = directory.integer(.planarConfiguration) == 2
      if isSeparate, !extra.isEmpty, extra.allSatisfy({ $0 == 0 }) {
        bits = bits.dropLast(extra.count)
        samples -= extra.count
        extra = []
      }
      guard (1...6).contains(samples) else { throw corrupt("\(samples) samples a pixel") }
      if samples < bits.count { bits = Array(bits.prefix(samples)) }
      if bits.count == 1 { bits = [Int](repeating: bits[0], count: samples) }
      guard bits.count == samples else { throw corrupt("\(bits.count) sizes for \(samples) samples a pixel") }
      var format = directory.integers(.sampleFormat, atMost: 16) ?? [1]
      if let first = format.first, format.allSatisfy({ $0 == first }) { format = [first] }
      return (
        TIFFLayout.Key(
          isLittleEndian: directory.isLittleEndian, photometric: photometric, sampleFormat: format,
          fillOrder: directory.integer(.fillOrder) ?? 1, bits: bits, extra: extra),
        isSeparate
      )
    }

    /// 256 triples. The file has 16-bit levels, all of red first.
    private static func palette(_ directory: TIFFDirectory, needed: Bool) throws(ImageError) -> [UInt8] {
      guard needed else { return [] }
      guard let levels = directory.integers(.colorMap, atMost: 3 * 65536) else {
        throw corrupt("indices of colours, but no colours")
      }
      let count = levels.count / 3
      var triples = [UInt8](repeating: 0, count: 768)
      for index in 0..<Swift.min(count, 256) {
        for channel in 0..<3 {
          triples[3 * index + channel] = UInt8(truncatingIfNeeded: levels[channel * count + index] / 256)
        }
      }
      return triples
    }

    func read(into sink: RowSink) throws(ImageError) -> ImageOrientation {
      switch plan {
      case .stored(let strips):
        try strips.read(bytes, layout: layout, palette: palette, limits: limits, into: sink)
      case .libtiff(let asRGBA, let jpegToRGB, let planes):
        let result = palette.withUnsafeBufferPointer { palette in
          var request = cic_tiff_request(
            width: UInt32(header.width), height: UInt32(header.height), samples: UInt32(layout.samples),
            planes: UInt32(planes), as_rgba: asRGBA ? 1 : 0, jpeg_to_rgb: jpegToRGB ? 1 : 0,
            packing: layout.packing, mode: Int32(layout.conversion), palette: palette.baseAddress,
            has_plain_lab: layout.hasPlainLAB ? 1 : 0,
            max_intermediate_bytes: Int64(limits.intermediateBytes),
            alpha: UInt32(sink.isOnWhite ? layout.alphaSample ?? 0 : 0))
          return cic_tiff_decode(
            bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &request, sink.rows)
        }
        if let error = result.imageError(header, limits: limits) { throw error }
      }
      return .topLeft
    }
  }

  extension TIFFLayout {
    /// The same with libjpeg's own conversion.
    fileprivate var ofRGB: TIFFLayout {
      TIFFLayout(
        Key(
          isLittleEndian: true, photometric: 2, sampleFormat: [1], fillOrder: 1, bits: [8, 8, 8], extra: []))
        ?? self
    }
  }

  extension TIFFDirectory {
    /// How Pillow turns the image when it loads it.
    fileprivate var turn: ImageOrientation {
      if has(.orientation) { return integer(.orientation).flatMap(ImageOrientation.init) ?? .topLeft }
      return OrientationMetadata(exif: nil, xmp: data(.xmp)).orientation
    }
  }
#endif
