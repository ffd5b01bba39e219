/// What a file's metadata says of its orientation: the EXIF block and the XMP packet, found by the format's reader.
struct OrientationMetadata {
  /// A TIFF structure, with or without `Exif\0\0` before it.
  var exif: [UInt8]?
  /// XML, of which only one attribute or element matters.
  var xmp: [UInt8]?

  /// The orientation that Pillow's `exif_transpose` acts on: EXIF's where there is any, else XMP's.
  var orientation: ImageOrientation {
    if let exif, !exif.isEmpty {
      switch exif.withUnsafeBytes({ EXIFOrientation(in: $0) }) {
      case .value(let number): return number.flatMap(ImageOrientation.init) ?? .topLeft
      case .absent: break
      case .malformed: return .topLeft
      }
    }
    return xmp.flatMap { $0.withUnsafeBytes(Self.xmpOrientation) } ?? .topLeft
  }

  /// The digit after the first `tiff:Orientation="` or `tiff:Orientation>` that one follows.
  private static func xmpOrientation(_ bytes: UnsafeRawBufferPointer) -> ImageOrientation? {
    let name = Array("tiff:Orientation".utf8)
    var position = 0
    while position + name.count + 2 <= bytes.count {
      let rest = bytes.suffix(from: position)
      guard let next = rest.firstIndex(of: name[0]) else { return nil }
      position += next
      let candidate = bytes.suffix(from: position)
      if candidate.starts(with: name) {
        let after = candidate.suffix(from: name.count)
        let digit =
          after.starts(with: "=\"")
          ? after.dropFirst(2).first : after.first == UInt8(ascii: ">") ? after.dropFirst().first : nil
        if let digit, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
          return ImageOrientation(rawValue: Int(digit - UInt8(ascii: "0")))
        }
      }
      position += 1
    }
    return nil
  }
}
