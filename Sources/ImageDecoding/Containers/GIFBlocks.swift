/// The fields and blocks of a GIF, walked by the rules of Pillow's reader.
package struct GIFBlocks {
  package struct Extension {
    /// 0xF9 for a control block, 0xFE for a comment, 0xFF for an application's.
    package let label: Int
    /// Its first block, as far as it is there.
    package let first: UnsafeRawBufferPointer?
  }

  private(set) package var reader: ByteReader
  private let limits: DecodeLimits
  private var metadataBytes = 0
  /// The extension whose further blocks have not been read.
  private var open: Extension?
  /// Of a walk by parts: whether the data of an image come next, and whether the end has been read.
  var isBeforeData = false
  var isBehindEnd = false

  /// - Parameters:
  ///   - bytes: A file that begins with the signature.
  ///   - limits: `metadataBytes` bounds all extensions together.
  package init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) {
    reader = ByteReader(bytes, position: 6)
    self.limits = limits
  }

  private static let cut = ImageError.truncated(format: .gif, detail: "it ends before the image data")

  package mutating func read(_ count: Int) throws(ImageError) -> UnsafeRawBufferPointer {
    guard let bytes = reader.read(count) else { throw Self.cut }
    return bytes
  }

  package mutating func readUInt8() throws(ImageError) -> Int { Int(try read(1)[0]) }

  package mutating func readUInt16() throws(ImageError) -> Int {
    guard let number = reader.readUInt16(.little) else { throw Self.cut }
    return number
  }

  /// The next extension before the first image; nil where the image's descriptor begins. Bytes between blocks are passed
  /// over.
  package mutating func nextExtension() throws(ImageError) -> Extension? {
    try finish()
    while let byte = reader.readUInt8() {
      switch byte {
      case 0x2C: return nil
      case 0x3B: throw .corrupt(format: .gif, detail: "there is no image")
      case 0x21:
        let block = Extension(label: try readUInt8(), first: readBlock())
        try count(block.first)
        open = block
        return block
      default: break
      }
    }
    throw Self.cut
  }

  /// Reads what is left of an extension. Comments end with the first empty block, even where that is the first of all; of
  /// other extensions one block, or two of the one for loops, are taken before an empty block ends them.
  private mutating func finish() throws(ImageError) {
    guard let block = open else { return }
    open = nil
    if block.label == 0xFE, block.first == nil { return }
    if block.label == 0xFF, block.first?.starts(with: "NETSCAPE2.0") == true { try count(readBlock()) }
    while let data = readBlock() { try count(data) }
  }

  private mutating func count(_ block: UnsafeRawBufferPointer?) throws(ImageError) {
    metadataBytes += block?.count ?? 0
    try limits.check(metadataBytes: metadataBytes)
  }

  /// The next block of an extension, as far as it is there; nil for the empty one, which ends a sequence.
  private mutating func readBlock() -> UnsafeRawBufferPointer? {
    guard let count = reader.readUInt8(), count > 0, reader.remaining > 0 else { return nil }
    return reader.read(Swift.min(count, reader.remaining))
  }
}
