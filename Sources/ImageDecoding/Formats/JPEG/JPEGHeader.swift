#if JPEG
  /// What the markers of a JPEG before its first scan declare.
  ///
  /// Read before the codec sees a byte: the limits are checked here, and Pillow's own parser, which this
  /// follows, refuses some files that libjpeg would decode.
  struct JPEGHeader {
    private(set) var width = 0
    private(set) var height = 0
    private(set) var components = 0
    private(set) var metadata = OrientationMetadata()
    private var firstProfilePart: [UInt8]?
    private let limits: DecodeLimits

    /// - Parameter bytes: A file that begins with a JPEG's signature.
    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      self.limits = limits
      var segments = JPEGSegments(bytes, limits: limits)
      while let segment = try segments.next() { try read(segment.code, segment.bytes) }
      guard components > 0 else { throw Self.corrupt("image data before the frame header") }
      guard width > 0, height > 0 else { throw Self.corrupt("the size \(width) x \(height) has no pixels") }
    }

    /// The mode that Pillow reports.
    var mode: String {
      switch components {
      case 1: "L"
      case 3: "RGB"
      default: "CMYK"
      }
    }

    private mutating func read(_ code: Int, _ segment: UnsafeRawBufferPointer) throws(ImageError) {
      switch code {
      case 0xC4, 0xCC, 0xDC, 0xDD, 0xDF: break
      case 0xC0...0xCF, 0xDE: try readFrame(segment)
      case 0xDB: try checkQuantization(segment)
      case 0xE0...0xEF, 0xFE: try checkApplication(code, segment)
      default: break  // The scan.
      }
    }

    private mutating func readFrame(_ segment: UnsafeRawBufferPointer) throws(ImageError) {
      guard let precision = segment.integer(at: 0, bytes: 1), let height = segment.integer(at: 1, bytes: 2),
        let width = segment.integer(at: 3, bytes: 2), let components = segment.integer(at: 5, bytes: 1)
      else { throw Self.corrupt("the frame header is too short") }
      guard precision == 8 else {
        throw .unsupportedVariant(format: .jpeg, detail: "\(precision) bits a sample")
      }
      guard [1, 3, 4].contains(components) else {
        throw .unsupportedVariant(format: .jpeg, detail: "\(components) components")
      }
      try limits.check(width: width, height: height)
      guard (segment.count - 6) % 3 == 0 else { throw Self.corrupt("the frame header has an odd length") }
      if let part = firstProfilePart, part.count < 14 { throw Self.corrupt("a colour profile is too short") }
      firstProfilePart = nil
      (self.width, self.height, self.components) = (width, height, components)
    }

    private func checkQuantization(_ segment: UnsafeRawBufferPointer) throws(ImageError) {
      var position = 0
      while position < segment.count {
        let length = segment[position] >> 4 == 0 ? 65 : 129
        guard position + length <= segment.count else {
          throw Self.corrupt("a quantization table is too short")
        }
        position += length
      }
    }

    /// Segments in which Pillow's parser runs past the end and gives up on the whole file.
    private mutating func checkApplication(
      _ code: Int, _ segment: UnsafeRawBufferPointer
    ) throws(ImageError) {
      switch code {
      case 0xE0 where segment.starts(with: "JFIF"), 0xEE where segment.starts(with: "Adobe"):
        guard segment.count >= 7 else { throw Self.corrupt("an application segment is too short") }
      case 0xE1 where segment.starts(with: "Exif\0\0"):
        // A long block goes on in the next segment.
        if metadata.exif == nil {
          metadata.exif = Array(segment)
        } else {
          metadata.exif?.append(contentsOf: segment.dropFirst(6))
        }
      case 0xE1 where segment.starts(with: "http://ns.adobe.com/xap/1.0/\0"):
        metadata.xmp = Array(segment.suffix(from: 29))
      case 0xE2 where segment.starts(with: "ICC_PROFILE\0"):
        // Pillow sorts the parts by their bytes and reads the count from the first.
        let part = Array(segment)
        if firstProfilePart.map({ part.lexicographicallyPrecedes($0) }) ?? true { firstProfilePart = part }
      case 0xED where segment.starts(with: "Photoshop 3.0\0"):
        try checkPhotoshopResources(segment)
      default:
        break
      }
    }

    private func checkPhotoshopResources(_ segment: UnsafeRawBufferPointer) throws(ImageError) {
      var offset = 14
      while segment.suffix(from: offset).starts(with: "8BIM") {
        guard segment.integer(at: offset + 4, bytes: 2) != nil else { return }
        offset += 6
        guard let nameLength = segment.integer(at: offset, bytes: 1) else {
          throw Self.corrupt("an image resource has no name")
        }
        offset += 1 + nameLength
        offset += offset & 1
        guard let size = segment.integer(at: offset, bytes: 4) else { return }
        offset += 4 + size
        offset += offset & 1
      }
    }

    private static func corrupt(_ detail: String) -> ImageError {
      .corrupt(format: .jpeg, detail: detail)
    }
  }
#endif
