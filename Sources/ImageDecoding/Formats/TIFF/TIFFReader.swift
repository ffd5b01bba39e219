#if TIFF
  internal import CImageCodecs

  /// The first image of a TIFF: what it is by the rules of Pillow's reader; uncompressed pixels by those rules too,
  /// compressed ones through libtiff.
  struct TIFFReader: ImageReader {
    static var codec: String? {
      // Of several lines the first.
      let version = String(cString: cic_tiff_version()).prefix { $0 != "\n" }
      return version.split(separator: ",").joined()
    }

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
      guard let width = try directory.integer(.imageWidth), let height = try directory.integer(.imageLength),
        width > 0,
        height > 0, width < 1 << 31, height < 1 << 31
      else { throw Self.corrupt("there is no image with a width and a height") }
      try limits.check(width: width, height: height)
      let compression = try directory.number(.compression) ?? 1
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
          try TIFFStrips(
            directory, layout: layout, key: key, width: width, height: height, isSeparate: isSeparate,
            fileBytes: bytes.count, limits: limits))
      } else {
        guard Self.compressions.contains(compression) else {
          throw .unsupportedVariant(format: .tiff, detail: "compression \(compression)")
        }
        try Self.checkCounts(directory)
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
        format: .tiff, mode: mode, width: width, height: height, turn: try Self.turn(directory),
        comesFromTop: true)
    }

    /// What Pillow's libtiff decodes. WebP is not among it.
    private static let compressions: Set<Int> = [2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32946, 34925, 50000]

    private static func corrupt(_ detail: String) -> ImageError { .corrupt(format: .tiff, detail: detail) }

    /// libtiff before 4.7 does not mind.
    private static func checkCounts(_ directory: TIFFDirectory) throws(ImageError) {
      guard let offsets = directory.declaredCount(.tileOffsets) ?? directory.declaredCount(.stripOffsets),
        let counts = directory.declaredCount(.tileByteCounts) ?? directory.declaredCount(.stripByteCounts)
      else { return }
      guard offsets == counts || Swift.max(offsets, counts) <= 4 else {
        throw corrupt("\(offsets) offsets of strips or tiles, but \(counts) sizes")
      }
    }

    /// What decides the mode, and whether samples lie in planes.
    private static func key(
      _ directory: TIFFDirectory, compression: Int
    ) throws(ImageError) -> (TIFFLayout.Key, Bool) {
      // Old-style JPEG has the colours of JPEG, whatever the file says. Of a list Pillow takes none.
      let isOldJPEG = compression == 6
      let photometric =
        isOldJPEG
        ? 6 : directory.count(.photometric) > 1 ? 0 : try directory.number(.photometric) ?? 0
      var bits = directory.has(.bitsPerSample) ? try directory.numbers(.bitsPerSample, atMost: 16) : [1]
      let isSeparate = directory.numberIfWhole(.planarConfiguration) == 2
      var samples = try directory.number(.samplesPerPixel) ?? (isOldJPEG ? 3 : 1)
      var extra: [Int]
      if directory.type(.extraSamples) == 1, isSeparate {
        // Pillow compares bytes with no list of numbers, but knows zeros among them.
        extra = (directory.data(.extraSamples) ?? []).map { Int($0) }
        guard extra.max() == 0 else {
          throw .unsupportedVariant(format: .tiff, detail: "extra samples that are bytes")
        }
      } else {
        extra = try directory.numbers(.extraSamples, atMost: 16)
      }
      if isSeparate, !extra.isEmpty, extra.max() == 0 {
        bits = bits.dropLast(extra.count)
        samples -= extra.count
        extra = []
      }
      guard (1...6).contains(samples) else { throw corrupt("\(samples) samples a pixel") }
      if samples < bits.count { bits = Array(bits.prefix(samples)) }
      if bits.count == 1 { bits = [Int](repeating: bits[0], count: samples) }
      guard bits.count == samples else { throw corrupt("\(bits.count) sizes for \(samples) samples a pixel") }
      return (
        TIFFLayout.Key(
          isLittleEndian: directory.isLittleEndian, photometric: photometric,
          sampleFormat: try sampleFormat(directory), fillOrder: try directory.number(.fillOrder) ?? 1,
          bits: bits, extra: extra),
        isSeparate
      )
    }

    private static func sampleFormat(_ directory: TIFFDirectory) throws(ImageError) -> [Int] {
      var format: [Int]
      if directory.type(.sampleFormat) == 1, directory.count(.sampleFormat) > 1 {
        // Several equal bytes are taken for their number, one byte is not.
        format = (directory.data(.sampleFormat) ?? []).map { Int($0) }
      } else {
        format = directory.has(.sampleFormat) ? try directory.numbers(.sampleFormat) : [1]
      }
      if let first = format.first, format.allSatisfy({ $0 == first }) { format = [first] }
      return format
    }

    /// 256 triples. The file has 16-bit levels, all of red first.
    private static func palette(_ directory: TIFFDirectory, needed: Bool) throws(ImageError) -> [UInt8] {
      guard needed else { return [] }
      guard directory.has(.colorMap) else { throw corrupt("indices of colours, but no colours") }
      let count = directory.count(.colorMap) / 3
      guard count <= 256 else { throw corrupt("a palette of \(count) colours") }
      var triples = [UInt8](repeating: 0, count: 768)
      // The upper byte of a byte is nothing.
      if directory.type(.colorMap) == 1 { return triples }
      guard let type = directory.type(.colorMap), type != 11, type != 12 else {
        throw .unsupportedVariant(format: .tiff, detail: "colours that are floating-point numbers")
      }
      let levels = try directory.numbers(.colorMap)
      guard levels.allSatisfy({ (0...65535).contains($0) }) else {
        throw corrupt("a colour beyond 16 bits")
      }
      for index in 0..<count {
        for channel in 0..<3 {
          triples[3 * index + channel] = UInt8(truncatingIfNeeded: levels[channel * count + index] / 256)
        }
      }
      return triples
    }

    /// How Pillow turns the image when it loads it: by the tag, if there is one, whatever its value.
    private static func turn(_ directory: TIFFDirectory) throws(ImageError) -> ImageOrientation {
      let tagged =
        directory.has(.orientation)
        ? directory.numberIfWhole(.orientation).flatMap(ImageOrientation.init) ?? .topLeft : nil
      if tagged == .topLeft { return .topLeft }
      // Pillow looks for the orientation in the packet, or takes it out.
      if let type = directory.type(.xmp), type != 1, type != 7 {
        throw corrupt("an XMP packet of type \(type), which is no bytes")
      }
      return tagged ?? OrientationMetadata(exif: nil, xmp: directory.data(.xmp)).orientation
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
#else
  typealias TIFFReader = UnbuiltReader
#endif
