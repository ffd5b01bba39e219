/// The marker segments of a JPEG up to its first scan, walked by Pillow's rules: bytes between markers are passed over, and
/// a marker that it does not know is an error.
package struct JPEGSegments {
  package struct Segment {
    /// The second byte of its marker: 0xE1 for APP1.
    package let code: Int
    /// Where in the file its marker begins.
    package let start: Int
    /// What stands behind its length.
    package let bytes: UnsafeRawBufferPointer
  }

  private var reader: ByteReader
  private let limits: DecodeLimits
  private var metadataBytes = 0
  private var isAtScan = false
  private let endsWithImage: Bool
  /// Behind the first end of an image, where the walk ends there.
  package private(set) var imageEnd: Int?

  /// - Parameters:
  ///   - bytes: A file that begins with the signature.
  ///   - limits: `metadataBytes` bounds all application segments and comments together.
  ///   - endsWithImage: Whether an end of image ends the walk; Pillow's passes over it.
  package init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits, endsWithImage: Bool = false) {
    reader = ByteReader(bytes, position: 2)
    self.limits = limits
    self.endsWithImage = endsWithImage
  }

  /// Behind what has been read.
  package var position: Int { reader.position }

  /// Passes over the data of a scan whose header was the last segment: up to the next marker that is no restart. Then
  /// the walk goes on there.
  ///
  /// - Returns: Whether there is such a marker.
  package mutating func skipScan() -> Bool {
    isAtScan = false
    let bytes = reader.bytes
    while reader.position < bytes.count - 1 {
      let rest = bytes.suffix(from: reader.position)
      guard let found = rest.firstIndex(ofByte: 0xFF), reader.position + found < bytes.count - 1 else {
        break
      }
      reader.position += found
      switch bytes[reader.position + 1] {
      case 0, 0xD0...0xD7: reader.position += 2
      case 0xFF: reader.position += 1
      default: return true
      }
    }
    reader.position = bytes.count
    return false
  }

  /// The next segment, the last of which is the header of the first scan; then nil.
  package mutating func next() throws(ImageError) -> Segment? {
    while !isAtScan, imageEnd == nil {
      guard let byte = reader.readUInt8() else { throw Self.cut }
      guard byte == 0xFF else { continue }  // Junk between markers.
      if let segment = try readMarker() { return segment }
    }
    return nil
  }

  /// Reads what follows an FF byte; nil where that has no segment.
  private mutating func readMarker() throws(ImageError) -> Segment? {
    var code = 0xFF
    while code == 0xFF {  // Fill bytes.
      guard let byte = reader.readUInt8() else { throw Self.cut }
      code = byte
    }
    guard !(0x01...0xBF).contains(code) else {
      throw .corrupt(
        format: .jpeg, detail: "marker FF\(String(code, radix: 16, uppercase: true)) is not known")
    }
    // An FF byte that is data, restarts, start and end of image, reserved ones.
    guard Self.hasSegment(code) else {
      if endsWithImage, code == 0xD9 { imageEnd = reader.position }
      return nil
    }
    let start = reader.position - 2
    guard let length = reader.readUInt16(), let bytes = reader.read(Swift.max(0, length - 2)) else {
      throw .truncated(format: .jpeg, detail: "a marker segment is incomplete")
    }
    if (0xE0...0xEF).contains(code) || code == 0xFE {
      metadataBytes += bytes.count
      try limits.check(metadataBytes: metadataBytes)
    }
    isAtScan = code == 0xDA
    return Segment(code: code, start: start, bytes: bytes)
  }

  private static func hasSegment(_ code: Int) -> Bool {
    switch code {
    case 0xC8: false
    case 0xC0...0xCF, 0xDA...0xDF, 0xE0...0xEF, 0xFE: true
    default: false
    }
  }

  private static let cut = ImageError.truncated(format: .jpeg, detail: "it ends before the image data")
}
