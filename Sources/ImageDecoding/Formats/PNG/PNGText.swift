#if PNG
  internal import CImageCodecs

  /// Compressed texts and profiles in a PNG. They change no pixel, but Pillow refuses files in which they
  /// swell beyond its bounds.
  enum PNGText {
    /// What errors call these bounds. They are verdicts of the reference and no field of `DecodeLimits`.
    static let limitName = "PNG text"
    /// Pillow's `MAX_TEXT_CHUNK`: what one compressed text or profile may inflate to.
    static let chunkLimit = 1 << 20
    /// Pillow's `MAX_TEXT_MEMORY`: all texts of a file together.
    static let totalLimit = 64 << 20
    /// Of this library: what all compressed texts and profiles may inflate to, those too that Pillow keeps nothing of.
    static let workLimit = 2 * totalLimit

    /// Checks an ICC profile's chunk.
    ///
    /// - Returns: The work: how many bytes were inflated.
    static func checkProfile(_ data: UnsafeRawBufferPointer) throws(ImageError) -> Int {
      // Without a terminated name, Pillow takes the first byte for the compression method.
      let method = data.firstIndex(ofZeroFrom: 0).map { $0 + 1 } ?? 0
      guard let value = data.integer(at: method, bytes: 1), value == 0 else {
        throw .corrupt(format: .png, detail: "the colour profile is not compressed in a known way")
      }
      return try inflated(data.suffix(from: method + 1)).work
    }

    /// The bytes of text that a text chunk holds, inflated where it is compressed, and the work: how many bytes were
    /// inflated, of a broken stream too.
    static func size(_ type: String, _ data: UnsafeRawBufferPointer) throws(ImageError) -> (
      text: Int, work: Int
    ) {
      let separator = data.firstIndex(ofZeroFrom: 0)
      switch type {
      case "zTXt":
        guard let separator else { return (0, 0) }
        guard (data.integer(at: separator + 1, bytes: 1) ?? 0) == 0 else {
          throw .corrupt(format: .png, detail: "a text is not compressed in a known way")
        }
        let (size, work) = try inflated(data.suffix(from: separator + 2))
        return (separator > 0 ? size : 0, work)
      case "iTXt":
        guard let separator, let (text, isCompressed) = internationalText(data.suffix(from: separator + 1))
        else { return (0, 0) }
        return isCompressed ? try inflated(text) : (text.count, 0)
      default:
        guard let separator, separator > 0 else { return (0, 0) }
        return (data.count - separator - 1, 0)
      }
    }

    static func keyword(of data: UnsafeRawBufferPointer) -> String? {
      data.prefix(80).firstIndex(of: 0).map { String(decoding: data[..<$0], as: UTF8.self) }
    }

    /// The text of a chunk whose size has been checked; nil where it is not to be had.
    static func text(_ type: String, _ data: UnsafeRawBufferPointer) -> [UInt8]? {
      guard let separator = data.firstIndex(ofZeroFrom: 0) else { return nil }
      let rest = data.suffix(from: separator + 1)
      let found: (text: UnsafeRawBufferPointer, isCompressed: Bool)? =
        switch type {
        case "zTXt": (rest.suffix(from: 1), true)
        case "iTXt": internationalText(rest)
        default: (rest, false)
        }
      guard let (text, isCompressed) = found else { return nil }
      guard isCompressed else { return Array(text) }
      return [UInt8](unsafeUninitializedCapacity: chunkLimit) { buffer, count in
        let size = cic_inflate(
          text.bindMemory(to: UInt8.self).baseAddress, text.count, Int64(chunkLimit), buffer.baseAddress)
        count = Swift.min(chunkLimit, Swift.max(0, Int(size)))
      }
    }

    /// The bytes of a profile that ImageMagick writes: three lines, then hexadecimal digits and white space. Empty where
    /// there is anything else.
    static func hexadecimalProfile(_ text: [UInt8]) -> [UInt8] {
      var digits: [UInt8] = []
      for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropFirst(3) {
        for byte in line
        where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\r") && byte != UInt8(ascii: "\t") {
          guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return [] }
          digits.append(UInt8(digit))
        }
      }
      guard digits.count.isMultiple(of: 2) else { return [] }
      return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The text that has language and translated keyword before it; nil where they are incomplete or the compression
    /// is not known.
    private static func internationalText(
      _ data: UnsafeRawBufferPointer
    ) -> (text: UnsafeRawBufferPointer, isCompressed: Bool)? {
      guard let compressed = data.integer(at: 0, bytes: 1), let method = data.integer(at: 1, bytes: 1),
        let language = data.firstIndex(ofZeroFrom: 2),
        let keyword = data.firstIndex(ofZeroFrom: language + 1),
        compressed == 0 || method == 0
      else { return nil }
      return (data.suffix(from: keyword + 1), compressed != 0)
    }

    private static func inflated(_ data: UnsafeRawBufferPointer) throws(ImageError) -> (text: Int, work: Int)
    {
      var produced: Int64 = 0
      let size = Int(
        cic_inflated_size(
          data.bindMemory(to: UInt8.self).baseAddress, data.count, Int64(chunkLimit), &produced))
      guard size <= chunkLimit else {
        throw .limitExceeded(limit: limitName, declared: size, allowed: chunkLimit)
      }
      return (Swift.max(0, size), Int(produced))
    }
  }
#endif
