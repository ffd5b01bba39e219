#if BMP
  internal import CImageCodecs

  /// What a bitmap's header declares, by the rules of Pillow's reader.
  struct BMPHeader {
    enum Compression: Int { case none = 0, rle8 = 1, rle4 = 2, bitFields = 3 }

    /// How a row becomes RGB.
    enum Pixels {
      /// Samples of so many bits: grey levels, or indices.
      case samples(bits: Int)
      /// Red, green and blue in bytes at these places, of so many.
      case bytes(red: Int, green: Int, blue: Int, of: Int)
      /// 16 bits, of which green has five or six.
      case packed(greenBits: Int)
    }

    let width: Int
    let height: Int
    let bits: Int
    let isTopDown: Bool
    let compression: Compression
    private(set) var mode: String
    private(set) var pixels: Pixels
    /// 256 triples; nil for an image without indices.
    private(set) var palette: [UInt8]?
    /// Where the pixels begin.
    private(set) var offset: Int

    private var masks: [Int] = []
    private var colors = 0
    private var entryBytes = 4

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      let fields = BMPFields(bytes)
      offset = try fields.integer(at: 10, bytes: 4)
      let size = try fields.integer(at: 14, bytes: 4)
      switch size {
      case 12:
        (width, height) = (try fields.integer(at: 18, bytes: 2), try fields.integer(at: 20, bytes: 2))
        bits = try fields.integer(at: 24, bytes: 2)
        (isTopDown, compression, entryBytes) = (false, .none, 3)
      case 40, 52, 56, 64, 108, 124:
        width = try fields.integer(at: 18, bytes: 4)
        let stored = try fields.integer(at: 22, bytes: 4)
        isTopDown = stored >> 24 == 0xFF
        height = isTopDown ? 1 << 32 - stored : stored
        bits = try fields.integer(at: 28, bytes: 2)
        let number = try fields.integer(at: 30, bytes: 4)
        guard let known = Compression(rawValue: number) else {
          throw .unsupportedVariant(format: .bmp, detail: "compression \(number)")
        }
        compression = known
        colors = try fields.integer(at: 46, bytes: 4)
      default:
        throw .unsupportedVariant(format: .bmp, detail: "a header of \(size) bytes")
      }
      _ = try fields.slice(at: 14, count: size)
      guard width > 0, height > 0 else {
        throw .corrupt(format: .bmp, detail: "the size \(width) x \(height) has no pixels")
      }
      try limits.check(width: width, height: height)
      var position = 14 + size
      if compression == .bitFields {
        // The smallest header has the masks behind it; the alpha mask counts in those that have room for one.
        masks = try (0..<(size >= 56 ? 4 : 3)).map { index throws(ImageError) in
          try fields.integer(at: 54 + 4 * index, bytes: 4)
        }
        if masks.count == 3 { masks.append(0) }
        if size == 40 { position += 12 }
      }
      if colors == 0 { colors = bits < 32 ? 1 << bits : .max }
      if offset == 14 + size, bits <= 8 {
        offset += colors * entryBytes  // A number of 32 bits, of four bytes at most.
      }
      (mode, pixels) = ("RGB", .samples(bits: bits))
      switch bits {
      case 1, 4, 8: position = try readPalette(fields, position)
      case 16, 24, 32: pixels = try layout()
      default: throw .unsupportedVariant(format: .bmp, detail: "\(bits) bits a pixel")
      }
      if offset == 0 { offset = position }
    }

    /// The bytes of a row, padded to four.
    var stride: Int { (width * bits + 31) / 8 & ~3 }

    private mutating func layout() throws(ImageError) -> Pixels {
      let plain: Pixels =
        bits == 16 ? .packed(greenBits: 5) : .bytes(red: 2, green: 1, blue: 0, of: bits / 8)
      guard compression == .bitFields else { return plain }
      switch (bits, masks[0], masks[1], masks[2], masks[3]) {
      case (16, 0xF800, 0x7E0, 0x1F, _): return .packed(greenBits: 6)
      case (16, 0x7C00, 0x3E0, 0x1F, _), (24, 0xFF0000, 0xFF00, 0xFF, _): return plain
      case (32, 0xFF0000, 0xFF00, 0xFF, 0): return plain
      case (32, 0xFF00_0000, 0xFF0000, 0xFF00, 0): return .bytes(red: 3, green: 2, blue: 1, of: 4)
      case (32, 0xFF00_0000, 0xFF00, 0xFF, 0): return .bytes(red: 3, green: 1, blue: 0, of: 4)
      default: break
      }
      mode = "RGBA"
      switch (bits, masks[0], masks[1], masks[2], masks[3]) {
      case (32, 0xFF00_0000, 0xFF0000, 0xFF00, 0xFF): return .bytes(red: 3, green: 2, blue: 1, of: 4)
      case (32, 0xFF, 0xFF00, 0xFF0000, 0xFF00_0000): return .bytes(red: 0, green: 1, blue: 2, of: 4)
      case (32, 0xFF0000, 0xFF00, 0xFF, 0xFF00_0000), (32, 0, 0, 0, 0): return plain
      case (32, 0xFF00_0000, 0xFF00, 0xFF, 0xFF0000): return .bytes(red: 3, green: 1, blue: 0, of: 4)
      default: throw .unsupportedVariant(format: .bmp, detail: "the bit fields \(masks)")
      }
    }

    /// Reads the colours, and takes an image whose colours are greys in order for a grey one.
    ///
    /// - Returns: Where they end.
    private mutating func readPalette(
      _ fields: BMPFields, _ position: Int
    ) throws(ImageError) -> Int {
      guard compression != .bitFields else {
        throw .unsupportedVariant(format: .bmp, detail: "bit fields with \(bits) bits a pixel")
      }
      guard (1...65536).contains(colors) else {
        throw .unsupportedVariant(format: .bmp, detail: "a palette of \(colors) colours")
      }
      let table = fields.upTo(colors * entryBytes, at: position)
      let isGrey = (0..<colors).allSatisfy { index in
        let level = UInt8(truncatingIfNeeded: colors == 2 ? 255 * index : index)
        let entry = table.dropFirst(index * entryBytes).prefix(3)
        return entry.count == 3 && entry.allSatisfy { $0 == level }
      }
      if isGrey {
        mode = colors <= 2 ? "1" : "L"
        // The bits of the mode, which need not be those of the file.
        pixels = .samples(bits: colors <= 2 ? 1 : 8)
      } else {
        mode = "P"
        guard table.count / entryBytes <= 256 else {
          throw .corrupt(format: .bmp, detail: "a palette of \(table.count / entryBytes) colours")
        }
        var triples = [UInt8](repeating: 0, count: 768)
        for index in 0..<table.count / entryBytes {
          for channel in 0..<3 {
            triples[3 * index + channel] = table[table.startIndex + index * entryBytes + 2 - channel]
          }
        }
        palette = triples
      }
      return position + table.count
    }
  }
#endif
