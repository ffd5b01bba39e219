#if TIFF
  /// The first directory of a TIFF or BigTIFF, read as Pillow reads it: the first entry with a tag counts, entries whose
  /// data cannot be had are passed over, and a directory that is cut short counts as far as it goes.
  struct TIFFDirectory {
    enum Tag: Int {
      case imageWidth = 256
      case imageLength = 257
      case bitsPerSample = 258
      case compression = 259
      case photometric = 262
      case fillOrder = 266
      case stripOffsets = 273
      case orientation = 274
      case samplesPerPixel = 277
      case rowsPerStrip = 278
      case planarConfiguration = 284
      case colorMap = 320
      case tileWidth = 322
      case tileLength = 323
      case tileOffsets = 324
      case extraSamples = 338
      case sampleFormat = 339
      case xmp = 700
      case windowsMediaPhoto = 0xBC01
    }

    let isLittleEndian: Bool
    private let fields: TIFFFields
    private let isBig: Bool
    private var entries: [Int: Entry] = [:]

    private struct Entry {
      let type: Int
      let count: Int
      /// Of its data in the file.
      let offset: Int
    }

    /// - Returns: Nil where the file does not begin like a TIFF.
    init?(_ bytes: UnsafeRawBufferPointer) {
      guard let fields = TIFFFields(header: bytes) else { return nil }
      self.fields = fields
      isLittleEndian = fields.isLittleEndian
      isBig = bytes[2] == 43
      let pointerBytes = isBig ? 8 : 4
      guard let start = fields.long(at: isBig ? 8 : 4, bytes: pointerBytes),
        let count = fields.long(at: start, bytes: isBig ? 8 : 2)
      else { return }
      var position = start + (isBig ? 8 : 2)
      let entryBytes = 4 + 2 * pointerBytes
      var index = 0
      while index < count, let tag = fields.integer(at: position, bytes: 2),
        let type = fields.integer(at: position + 2, bytes: 2),
        let valueCount = fields.long(at: position + 4, bytes: pointerBytes),
        let offset = fields.long(at: position + 4 + pointerBytes, bytes: pointerBytes)
      {
        let inline = position + 4 + pointerBytes
        index += 1
        position += entryBytes
        guard entries[tag] == nil, valueCount > 0, let size = TIFFFields.size(ofType: type) else { continue }
        let (total, overflow) = valueCount.multipliedReportingOverflow(by: size)
        guard !overflow, total <= bytes.count else { continue }
        let data = total <= pointerBytes ? inline : offset
        // Pillow reads no further once data lies beyond the end.
        guard data <= bytes.count - total else { return }
        entries[tag] = Entry(type: type, count: valueCount, offset: data)
      }
    }

    func has(_ tag: Tag) -> Bool { entries[tag.rawValue] != nil }

    /// All values of a tag, or nil where it is absent or not of whole numbers.
    func integers(_ tag: Tag, atMost limit: Int = .max) -> [Int]? {
      guard let entry = entries[tag.rawValue], let size = TIFFFields.size(ofType: entry.type) else {
        return nil
      }
      var values: [Int] = []
      for index in 0..<Swift.min(entry.count, limit) {
        guard let value = fields.number(at: entry.offset + index * size, type: entry.type) else { return nil }
        values.append(value)
      }
      return values
    }

    func integer(_ tag: Tag) -> Int? { integers(tag, atMost: 1)?.first }

    /// The bytes of a tag's data.
    func data(_ tag: Tag) -> [UInt8]? {
      guard let entry = entries[tag.rawValue], let size = TIFFFields.size(ofType: entry.type) else {
        return nil
      }
      return Array(fields.bytes[entry.offset..<entry.offset + entry.count * size])
    }
  }

  extension TIFFFields {
    /// An unsigned integer of up to eight bytes that fits an `Int`.
    fileprivate func long(at offset: Int, bytes count: Int) -> Int? {
      guard count == 8 else { return integer(at: offset, bytes: count) }
      guard offset >= 0, offset <= bytes.count, let first = integer(at: offset, bytes: 4),
        let second = integer(at: offset + 4, bytes: 4)
      else { return nil }
      let (upper, lower) = isLittleEndian ? (second, first) : (first, second)
      return upper < 1 << 31 ? upper << 32 | lower : nil
    }
  }
#endif
