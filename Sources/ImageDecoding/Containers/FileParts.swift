/// The parts that a file's container consists of, from its first byte to its last: what metadata stands in and what is
/// hashed part by part.
///
/// It is walked by the walkers that decoding uses, and further: behind the image data too. It never throws; what cannot be
/// walked ends it, and `problem` says why.
package struct FileParts {
  /// A segment, chunk, block, box or directory.
  package struct Part: Equatable {
    /// As C2PA's box hashes name it: `SOI`, `APP1`, `SOS` (with the data of the scan), `PNGh`, `IDAT`, `WEBP`, `21FF`,
    /// `GIF89a`, `LSD`, `2C` (with its local palette), `TBID`; of an ISO base media file its type; of a TIFF `IFD`.
    package let name: String
    /// All of it, with what stands before its content and behind.
    package let range: Range<Int>
    /// Of a segment, chunk or box what it holds; of a GIF's extension its blocks with their lengths.
    package let content: Range<Int>
  }

  /// An item of a HEIF or AVIF file that is metadata.
  package struct Item: Equatable {
    /// Such as `Exif` and `mime`.
    package let type: String
    /// Of the type `mime`: what it is.
    package let contentType: String?
    /// Where in the file its data lie.
    package let pieces: [Range<Int>]
  }

  package let bytes: UnsafeRawBufferPointer
  package let format: ImageFormat
  /// In the order of the file.
  package internal(set) var parts: [Part] = []
  package internal(set) var items: [Item] = []
  /// Behind the last part. What follows belongs to no part.
  package internal(set) var end = 0
  /// Why the walk ended before the end of the container.
  package internal(set) var problem: String?
  /// Whether there are more parts than were allowed.
  package internal(set) var isOverfull = false
  let mostParts: Int

  /// - Parameters:
  ///   - bytes: A file of the format.
  ///   - mostParts: The walk ends behind so many.
  /// - Returns: Nil for a format whose container is not walked.
  package init?(_ bytes: UnsafeRawBufferPointer, format: ImageFormat, mostParts: Int) {
    self.bytes = bytes
    self.format = format
    self.mostParts = mostParts
    switch format {
    case .jpeg: walkJPEG()
    case .png: walkPNG()
    case .webp: walkWebP()
    case .gif: walkGIF()
    case .tiff: walkTIFF()
    case .avif, .heif: walkBoxes(hasItems: true)
    case .jpegXL where bytes.integer(at: 0, bytes: 4) == 12: walkBoxes(hasItems: false)
    default: return nil
    }
  }

  /// The bytes of a range that a part names.
  package subscript(range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<bytes.count)])
  }

  /// - Returns: Whether there may be more.
  @discardableResult
  mutating func append(_ name: String, _ range: Range<Int>, content: Range<Int>? = nil) -> Bool {
    guard parts.count < mostParts else {
      isOverfull = true
      return false
    }
    parts.append(Part(name: name, range: range, content: content ?? range))
    end = range.upperBound
    return true
  }

  /// Those of metadata are bounded by whoever reads them; a walk holds none.
  static let unbounded = DecodeLimits(metadataBytes: .max)
}
