#if BMP
  internal import CImageCodecs

  /// Windows bitmaps, by the rules of Pillow's reader.
  struct BMPReader: ImageReader {
    static var codec: String? { "own decoder" }

    private let bytes: UnsafeRawBufferPointer
    private let bitmap: BMPHeader
    private let limits: DecodeLimits
    let header: ImageHeader

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      (self.bytes, self.limits) = (bytes, limits)
      bitmap = try BMPHeader(bytes, limits: limits)
      header = ImageHeader(
        format: .bmp, mode: bitmap.mode, width: bitmap.width, height: bitmap.height, comesFromTop: true)
    }

    func read(into sink: RowSink) throws(ImageError) -> ImageOrientation {
      switch bitmap.compression {
      case .none, .bitFields: try readRows(into: sink)
      case .rle8, .rle4: try readRuns(into: sink)
      }
      return .topLeft
    }

    private func readRows(into sink: RowSink) throws(ImageError) {
      let stride = bitmap.stride
      let (used, sampleBits): (Int, Int) =
        switch bitmap.pixels {
        case .samples(let bits): ((bitmap.width * bits + 7) / 8, bits)
        case .bytes, .packed: (bitmap.width * bitmap.bits / 8, 8)
        }
      guard used <= stride else {
        throw .unsupportedVariant(format: .bmp, detail: "\(bitmap.bits) bits a pixel with this palette")
      }
      // The last row needs no padding.
      let rows = BMPFields(bytes)
      _ = try rows.slice(at: bitmap.offset, count: (bitmap.height - 1) * stride + used)
      guard let scratch = PixelStorage(count: bitmap.width) else { throw .outOfMemory(bytes: bitmap.width) }
      var packing = cic_packing()
      (packing.bits, packing.scaled) = (UInt32(sampleBits), bitmap.palette == nil ? 1 : 0)
      for y in 0..<bitmap.height {
        let stored = bitmap.isTopDown ? y : bitmap.height - 1 - y
        let row = try rows.slice(at: bitmap.offset + stored * stride, count: used)
          .bindMemory(to: UInt8.self)
        let to = sink.row(y)
        switch bitmap.pixels {
        case .samples:
          cic_unpack(&packing, row.baseAddress, scratch.base, bitmap.width)
          convert(scratch.base, to)
        case .bytes(let red, let green, let blue, let count):
          for x in 0..<bitmap.width {
            (to[3 * x], to[3 * x + 1], to[3 * x + 2]) = (
              row[x * count + red], row[x * count + green], row[x * count + blue]
            )
          }
          if sink.isOnWhite, bitmap.mode == "RGBA", let base = row.baseAddress {
            // The one of the four that is left.
            cic_on_white(to, base + (6 - red - green - blue), count, bitmap.width)
          }
        case .packed(let greenBits):
          for x in 0..<bitmap.width {
            let value = Int(row[2 * x]) | Int(row[2 * x + 1]) << 8
            let most = 1 << greenBits - 1
            to[3 * x] = UInt8(truncatingIfNeeded: (value >> (5 + greenBits) & 31) * 255 / 31)
            to[3 * x + 1] = UInt8(truncatingIfNeeded: (value >> 5 & most) * 255 / most)
            to[3 * x + 2] = UInt8(truncatingIfNeeded: (value & 31) * 255 / 31)
          }
        }
      }
    }

    /// Grey levels or indices to RGB.
    private func convert(_ samples: UnsafePointer<UInt8>, _ to: UnsafeMutablePointer<UInt8>) {
      cic_to_rgb(
        Int32(bitmap.palette == nil ? CIC_L : CIC_P), samples, 1, to, bitmap.width, bitmap.palette ?? [])
    }

    private func readRuns(into sink: RowSink) throws(ImageError) {
      guard bitmap.bits <= 8, bitmap.mode != "1" else {
        throw .unsupportedVariant(
          format: .bmp, detail: "runs of \(bitmap.bits) bits a pixel, mode \(bitmap.mode)")
      }
      // Runs cross rows, so the samples are held whole: a byte a pixel.
      let count = bitmap.width * bitmap.height
      try limits.check(intermediateBytes: count)
      guard let storage = PixelStorage(count: count, isZeroed: true) else { throw .outOfMemory(bytes: count) }
      let samples = UnsafeMutableBufferPointer(start: storage.base, count: count)
      var runs = BMPRuns(
        bytes, position: bitmap.offset, width: bitmap.width, isRLE4: bitmap.compression == .rle4)
      guard runs.decode(into: samples) else {
        throw .truncated(format: .bmp, detail: "the runs end before the last row")
      }
      for y in 0..<bitmap.height {
        let stored = bitmap.isTopDown ? y : bitmap.height - 1 - y
        convert(storage.base + stored * bitmap.width, sink.row(y))
      }
    }
  }
#else
  typealias BMPReader = UnbuiltReader
#endif
