#if TIFF
  internal import CImageCodecs

  /// Uncompressed pixels of a TIFF, in strips or tiles, together or in planes.
  ///
  /// As Pillow reads them: a strip is as long as its rows, whatever the file says of its bytes; pixels for which there is
  /// no strip are zeros; where one strip is the image, the last one named counts. Strips beyond the last row begin again
  /// at the first, and of those for the same pixels the one that lies last in the file counts.
  struct TIFFStrips {
    private let width: Int
    private let height: Int
    private let tileWidth: Int
    private let tileHeight: Int
    /// Of each strip or tile, plane by plane, from the top left.
    private var offsets: [Int] = []
    private let planes: Int
    private let across: Int
    /// Bytes of a tile's row, and of the part of the last one that lies inside the image.
    private let rowBytes: Int
    private let lastRowBytes: Int
    /// From one row of the last tile to the next.
    private let lastStride: Int

    init(
      _ directory: TIFFDirectory, layout: TIFFLayout, key: TIFFLayout.Key, width: Int, height: Int,
      isSeparate: Bool,
      fileBytes: Int, limits: DecodeLimits
    ) throws(ImageError) {
      (self.width, self.height) = (width, height)
      let tag: TIFFDirectory.Tag = directory.has(.stripOffsets) ? .stripOffsets : .tileOffsets
      guard directory.has(tag) else {
        throw .unsupportedVariant(format: .tiff, detail: "an image in neither strips nor tiles")
      }
      if tag == .stripOffsets {
        (tileWidth, tileHeight) = (width, try directory.integer(.rowsPerStrip) ?? height)
      } else {
        (tileWidth, tileHeight) = (
          try directory.integer(.tileWidth) ?? 0, try directory.integer(.tileLength) ?? 0
        )
      }
      guard tileWidth > 0, tileHeight > 0, tileWidth < 1 << 31 else {
        throw .corrupt(format: .tiff, detail: "strips or tiles without pixels")
      }
      // The offsets, their order, and which of them count.
      try limits.check(intermediateBytes: DecodeLimits.product(directory.count(tag), 48))
      // Bytes are numbers here and nowhere else.
      var named =
        directory.type(tag) == 1 ? (directory.data(tag) ?? []).map { Int($0) } : try directory.integers(tag)
      if tileWidth == width, tileHeight == height, !isSeparate { named = Array(named.suffix(1)) }
      planes = isSeparate && layout.samples > 1 ? layout.samples : 1
      let bits = Int(layout.packing.bits) * (planes > 1 ? 1 : layout.samples)
      across = (width + tileWidth - 1) / tileWidth
      let last = width - (across - 1) * tileWidth
      lastRowBytes = (last * bits + 7) / 8
      rowBytes = across > 1 ? (tileWidth * bits + 7) / 8 : lastRowBytes
      // Only a tile that reaches beyond the image has padding behind its rows. Of planes Pillow takes as many as the
      // photometric interpretation has, not as there are.
      let allBits = key.bits.reduce(0, +)
      lastStride =
        last == tileWidth
        ? lastRowBytes : tileWidth * allBits / (isSeparate ? 8 * key.countedSamples : 8)
      guard across == 1 || tileWidth * bits % 8 == 0 else {
        throw .unsupportedVariant(format: .tiff, detail: "tiles whose rows do not end at a byte")
      }
      guard lastStride >= lastRowBytes else {
        throw .corrupt(format: .tiff, detail: "rows of tiles that are longer than the tiles are wide")
      }
      let down = (height - 1) / tileHeight + 1
      guard !isSeparate || named.count <= planes * across * down else {
        throw .unsupportedVariant(format: .tiff, detail: "more planes than samples")
      }
      offsets = try counted(of: named, places: planes * across * down, fileBytes: fileBytes)
    }

    /// Of the strips and tiles that are named for each place, the one that counts.
    ///
    /// - Throws: Where one of those that Pillow reads is not all there, whether it counts or not.
    private func counted(of named: [Int], places: Int, fileBytes: Int) throws(ImageError) -> [Int] {
      guard named.allSatisfy({ $0 >= 0 }) else {
        throw .corrupt(format: .tiff, detail: "a strip or tile before the beginning of the file")
      }
      let order =
        named.count > 1
        ? named.indices.sorted { (named[$0], $0) < (named[$1], $1) } : Array(named.indices)
      var counting = [Int](repeating: 0, count: Swift.min(named.count, places))
      for (position, index) in order.enumerated() {
        let place = index % places
        // Of neighbours for the same place only the last is read.
        if position + 1 < order.count, order[position + 1] % places == place { continue }
        let rows = Swift.min(
          tileHeight, height - place / across % ((height - 1) / tileHeight + 1) * tileHeight)
        let isLast = place % across == across - 1
        let (stride, used) = isLast ? (lastStride, lastRowBytes) : (rowBytes, rowBytes)
        let size = DecodeLimits.sum(DecodeLimits.product(rows - 1, stride), used)
        guard named[index] <= fileBytes, size <= fileBytes - named[index] else {
          throw .truncated(format: .tiff, detail: "the image data is incomplete")
        }
        counting[place] = named[index]
      }
      return counting
    }

    func read(
      _ bytes: UnsafeRawBufferPointer, layout: TIFFLayout, palette: [UInt8], limits: DecodeLimits,
      into sink: RowSink
    ) throws(ImageError) {
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
            let isLast = column == across - 1
            let count = isLast ? lastRowBytes : rowBytes
            let to = row.base + plane * planeBytes + column * rowBytes
            guard index < offsets.count else {
              to.update(repeating: packing.inverted != 0 ? 0xFF : 0, count: count)
              if isLAB, planes == 1 {
                for at in 0..<count where at % 3 != 0 { to[at] = 128 }
              }
              continue
            }
            let offset = offsets[index] + y % tileHeight * (isLast ? lastStride : rowBytes)
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
