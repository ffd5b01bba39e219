#if TIFF
  internal import CImageCodecs

  /// Uncompressed pixels of a TIFF, in strips or tiles, together or in planes.
  ///
  /// As Pillow reads them: a strip is as long as its rows, whatever the file says of its bytes; pixels for which there is
  /// no strip are zeros; where one strip is the image, the last one named counts.
  struct TIFFStrips {
    private let width: Int
    private let height: Int
    private let tileWidth: Int
    private let tileHeight: Int
    private let offsets: [Int]
    private let planes: Int
    /// Bytes of a tile's row, and of the part of the last one that lies inside the image.
    private let rowBytes: Int
    private let lastRowBytes: Int

    init(
      _ directory: TIFFDirectory, layout: TIFFLayout, width: Int, height: Int, isSeparate: Bool
    ) throws(ImageError) {
      (self.width, self.height) = (width, height)
      let tag: TIFFDirectory.Tag = directory.has(.stripOffsets) ? .stripOffsets : .tileOffsets
      guard var offsets = directory.integers(tag, atMost: 1 << 24) else {
        throw .unsupportedVariant(format: .tiff, detail: "an image in neither strips nor tiles")
      }
      if tag == .stripOffsets {
        (tileWidth, tileHeight) = (width, directory.integer(.rowsPerStrip) ?? height)
      } else {
        (tileWidth, tileHeight) = (directory.integer(.tileWidth) ?? 0, directory.integer(.tileLength) ?? 0)
      }
      guard tileWidth > 0, tileHeight > 0, tileWidth < 1 << 31 else {
        throw .corrupt(format: .tiff, detail: "strips or tiles without pixels")
      }
      planes = isSeparate && layout.samples > 1 ? layout.samples : 1
      if tileWidth == width, tileHeight == height, !isSeparate { offsets = Array(offsets.suffix(1)) }
      let bits = Int(layout.packing.bits) * (planes > 1 ? 1 : layout.samples)
      let across = (width + tileWidth - 1) / tileWidth
      let last = width - (across - 1) * tileWidth
      lastRowBytes = (last * bits + 7) / 8
      // Only a tile that reaches beyond the image has padding behind its rows.
      rowBytes =
        across > 1 ? (tileWidth * bits + 7) / 8 : last < tileWidth ? tileWidth * bits / 8 : lastRowBytes
      guard across == 1 || tileWidth * bits % 8 == 0 else {
        throw .unsupportedVariant(format: .tiff, detail: "tiles whose rows do not end at a byte")
      }
      let needed = planes * across * ((height - 1) / tileHeight + 1)
      guard !isSeparate || offsets.count <= needed else {
        throw .unsupportedVariant(format: .tiff, detail: "more planes than samples")
      }
      self.offsets = offsets
    }

    func read(
      _ bytes: UnsafeRawBufferPointer, layout: TIFFLayout, palette: [UInt8], limits: DecodeLimits,
      into sink: RowSink
    ) throws(ImageError) {
      let across = (width + tileWidth - 1) / tileWidth
      let planeBytes = (across - 1) * rowBytes + lastRowBytes
      let samples = width * layout.samples
      try limits.check(intermediateBytes: planes * planeBytes + 2 * samples * 4)
      guard let row = PixelStorage(count: planes * planeBytes), let mixed = PixelStorage(count: samples),
        let unpacked = PixelStorage(count: samples * 4)
      else { throw .outOfMemory(bytes: planes * planeBytes + 5 * samples) }
      let down = (height - 1) / tileHeight + 1
      var packing = layout.packing
      let isLAB = layout.conversion == Int(CIC_LAB)
      let lab = isLAB ? cic_lab_open() : nil
      defer { cic_lab_close(lab) }
      guard !isLAB || lab != nil else { throw .outOfMemory(bytes: 0) }
      for y in 0..<height {
        for plane in 0..<planes {
          for column in 0..<across {
            let index = (plane * down + y / tileHeight) * across + column
            let count = column == across - 1 ? lastRowBytes : rowBytes
            let to = row.base + plane * planeBytes + column * rowBytes
            guard index < offsets.count else {
              to.update(repeating: packing.inverted != 0 ? 0xFF : 0, count: count)
              if isLAB, planes == 1 {
                for at in 0..<count where at % 3 != 0 { to[at] = 128 }
              }
              continue
            }
            let offset =
              offsets[index] + y % tileHeight * (across > 1 || lastRowBytes < rowBytes ? rowBytes : count)
            guard offset >= 0, offset <= bytes.count - count, let base = bytes.baseAddress else {
              throw .truncated(format: .tiff, detail: "the image data is incomplete")
            }
            to.update(from: (base + offset).assumingMemoryBound(to: UInt8.self), count: count)
          }
        }
        var ready = UnsafePointer(row.base)
        if planes > 1 {
          for plane in 0..<planes {
            for x in 0..<width { mixed.base[x * planes + plane] = row.base[plane * planeBytes + x] }
          }
          ready = UnsafePointer(mixed.base)
        }
        var sampleBytes = 1
        if packing.bits != 8 || packing.inverted != 0 || packing.reversed != 0 {
          cic_unpack(&packing, ready, unpacked.base, samples)
          ready = UnsafePointer(unpacked.base)
          if packing.bits > 8, packing.high_byte == 0 {
            sampleBytes = packing.bits == 32 || packing.widened != 0 ? 4 : 2
          }
        }
        if let lab {
          cic_lab_to_rgb(lab, layout.hasPlainLAB ? 1 : 0, ready, sink.row(y), width)
        } else {
          cic_to_rgb(
            Int32(layout.conversion), ready, sampleBytes * layout.samples, sink.row(y), width, palette)
          if sink.isOnWhite, let alpha = layout.alphaSample {
            cic_on_white(sink.row(y), ready + alpha, layout.samples, width)
          }
        }
      }
    }
  }
#endif
