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
      case stripByteCounts = 279
      case planarConfiguration = 284
      case colorMap = 320
      case tileWidth = 322
      case tileLength = 323
      case tileOffsets = 324
      case tileByteCounts = 325
      case extraSamples = 338
      case sampleFormat = 339
      case xmp = 700
      case windowsMediaPhoto = 0xBC01
    }

    private let fields: TIFFFields
    private var entries: [Int: Entry] = [:]
    private var declaredCounts: [Int: Int] = [:]

    private struct Entry {
      let type: Int
      let count: Int
      /// Of its data in the file.
      let offset: Int
    }

    /// - Returns: Nil where the file does not begin like a TIFF.
    init?(_ bytes: UnsafeRawBufferPointer) {
      guard let fields = TIFFFields(bytes, takesBig: true) else { return nil }
      self.fields = fields
      // Zero is the end of the list of directories, even where it is its beginning.
      guard let first = fields.firstDirectory, first > 0 else { return }
      var outside = 0
      for entry in fields.firstEntries {
        if declaredCounts[entry.tag] == nil { declaredCounts[entry.tag] = entry.count }
        guard entries[entry.tag] == nil, let size = entry.byteCount else { continue }
        var data = entry.inline
        if size > fields.pointerBytes {
          guard let offset = fields.integer(at: entry.inline, bytes: fields.pointerBytes) else { continue }
          // Pillow passes over data that all together would be larger than the file, and reads no further once data lies
          // beyond the end.
          outside = DecodeLimits.sum(outside, size)
          guard outside <= bytes.count else { continue }
          guard offset <= bytes.count - size else { return }
          data = offset
        }
        entries[entry.tag] = Entry(type: entry.type, count: entry.count, offset: data)
      }
    }

    var isLittleEndian: Bool { fields.order == .little }

    func has(_ tag: Tag) -> Bool { entries[tag.rawValue] != nil }

    /// The type of a tag's values, nil where there are none.
    func type(_ tag: Tag) -> Int? { entries[tag.rawValue]?.type }

    func count(_ tag: Tag) -> Int { entries[tag.rawValue]?.count ?? 0 }

    /// How many values the first entry with a tag declares, whether they are there or not.
    func declaredCount(_ tag: Tag) -> Int? { declaredCounts[tag.rawValue] }

    /// The values of a tag, empty where it is absent. Fractions count where they are whole, as they do in a comparison.
    ///
    /// - Throws: Where there is a value that is no whole number: Pillow then knows no such image.
    func numbers(_ tag: Tag, atMost limit: Int = .max) throws(ImageError) -> [Int] {
      guard let entry = entries[tag.rawValue], let size = TIFFFields.size(ofType: entry.type) else {
        return []
      }
      var values: [Int] = []
      for index in 0..<Swift.min(entry.count, limit) {
        guard let value = fields.number(at: entry.offset + index * size, type: entry.type) else {
          throw Self.noWholeNumber(tag, type: entry.type)
        }
        values.append(value)
      }
      return values
    }

    func number(_ tag: Tag) throws(ImageError) -> Int? { try numbers(tag, atMost: 1).first }

    /// The first value of a tag that anything but certain numbers leaves without effect.
    func numberIfWhole(_ tag: Tag) -> Int? {
      entries[tag.rawValue].flatMap { fields.number(at: $0.offset, type: $0.type) }
    }

    /// The same for tags that Pillow takes for sizes and places: integers only.
    func integers(_ tag: Tag) throws(ImageError) -> [Int] {
      if let type = type(tag), !Self.integerTypes.contains(type) { throw Self.noWholeNumber(tag, type: type) }
      return try numbers(tag)
    }

    func integer(_ tag: Tag) throws(ImageError) -> Int? {
      if let type = type(tag), !Self.integerTypes.contains(type) { throw Self.noWholeNumber(tag, type: type) }
      return try number(tag)
    }

    /// The bytes of a tag's data.
    func data(_ tag: Tag) -> [UInt8]? {
      guard let entry = entries[tag.rawValue], let size = TIFFFields.size(ofType: entry.type) else {
        return nil
      }
      return Array(fields.bytes[entry.offset..<entry.offset + entry.count * size])
    }

    private static let integerTypes: Set<Int> = [3, 4, 6, 8, 9, 13, 16]

    private static func noWholeNumber(_ tag: Tag, type: Int) -> ImageError {
      .unsupportedVariant(
        format: .tiff, detail: "the tag \(tag) (\(tag.rawValue)) of type \(type) is no whole number")
    }
  }
#endif
