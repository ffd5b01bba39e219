/// The tag Orientation of an EXIF block's first directory.
enum EXIFOrientation: Equatable {
  /// There is one; nil when its value is no integer.
  case value(Int?)
  case absent
  /// The block is no TIFF structure.
  case malformed

  private static let tag = 0x0112

  /// Reads as Pillow does: the first entry with the tag whose data lies inside the block, of any numeric type but
  /// bytes, and of its values the first. A directory that is cut short counts as far as it goes.
  init(in bytes: UnsafeRawBufferPointer) {
    var block = bytes
    for _ in 0..<2 where block.starts(with: "Exif\0\0") { block = block.suffix(from: 6) }
    guard let fields = TIFFFields(block) else {
      self = .malformed
      return
    }
    self = .absent
    for entry in fields.firstEntries where entry.tag == Self.tag {
      guard let place = fields.place(of: entry) else { continue }
      self = .value(fields.number(at: place, type: entry.type))
      return
    }
  }
}
