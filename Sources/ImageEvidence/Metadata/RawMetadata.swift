internal import ImageDecoding
internal import Platform

/// The metadata of a file as they stand in it, before anything is read out of them.
struct RawMetadata {
  /// Bytes of metadata, and where they stand in words.
  struct Block {
    let place: String
    let bytes: [UInt8]
  }

  /// A text under a key, such as a PNG's.
  struct Text {
    let key: String
    let value: String
    let place: String
  }

  /// TIFF structures, without what stands before them.
  var exif: [Block] = []
  /// Packets of XMP, whole.
  var xmp: [Block] = []
  /// Records of IPTC-IIM.
  var iptc: [Block] = []
  var texts: [Text] = []
  var stores: [EmbeddedStore] = []
  /// What follows the container's end.
  var trailer: [UInt8] = []
  var findings: [EvidenceFinding] = []
  /// Pieces of extended XMP by their packet's name.
  var extensions: [String: XMPExtension] = [:]
  private(set) var textBytes = 0
  let limits: EvidenceLimits

  /// - Parameter parts: Nil for a file whose container is not walked.
  init(_ parts: FileParts?, of format: ImageFormat?, limits: EvidenceLimits) {
    self.limits = limits
    guard let parts else {
      note(.notRead, format?.rawValue ?? "file", "Metadata of this kind of file are not read.")
      return
    }
    let name = parts.format.rawValue
    if let problem = parts.problem {
      note(.damaged, name, "The container could not be walked to its end: \(problem).")
    }
    if parts.isOverfull {
      note(.limitExceeded, name, "Of more than \(limits.containerParts) parts the first were read.")
    }
    switch parts.format {
    case .jpeg: readJPEG(parts)
    case .png: readPNG(parts)
    case .webp: readWebP(parts)
    case .gif: readGIF(parts)
    case .tiff: readTIFF(parts)
    default: readBoxes(parts)
    }
    if parts.problem == nil, !parts.isOverfull, parts.end < parts.bytes.count {
      let count = parts.bytes.count - parts.end
      note(.note, name, "\(count) bytes follow the end of the image.")
      trailer = Array(parts.bytes[parts.end...].prefix(limits.textBytes))
    }
    if stores.count > 1 {
      note(
        .contradiction, name,
        "The file has \(stores.count) C2PA manifest stores. A file may have one; none of them counts.")
    }
  }

  mutating func note(_ kind: EvidenceFinding.Kind, _ place: String, _ text: String) {
    note(EvidenceFinding(kind, at: place, text))
  }

  mutating func note(_ finding: EvidenceFinding) {
    // One finding for each of a hundred thousand parts helps nobody.
    if findings.count < 1_000 { findings.append(finding) }
  }

  /// Adds a block of EXIF, with or without what some writers put before it.
  mutating func addEXIF(_ bytes: some Collection<UInt8>, at place: String) {
    var rest = Array(bytes.prefix(limits.textBytes))
    if rest.starts(with: Array("Exif\0\0".utf8)) { rest.removeFirst(6) }
    if exif.count < 16 { exif.append(Block(place: place, bytes: rest)) }
  }

  mutating func addXMP(_ bytes: some Collection<UInt8>, at place: String) {
    guard bytes.count <= limits.xmpBytes else {
      note(.limitExceeded, place, "An XMP packet of \(bytes.count) bytes was not read.")
      return
    }
    if xmp.count < 16 { xmp.append(Block(place: place, bytes: Array(bytes))) }
  }

  /// Adds a text, in UTF-8 where it is that, else in Latin-1, as writers do whatever the format says.
  mutating func addText(_ key: String, _ bytes: some Collection<UInt8>, at place: String) {
    textBytes += bytes.count
    guard bytes.count <= limits.textBytes, textBytes <= limits.allTextBytes, texts.count < 1_000 else {
      note(.limitExceeded, place, "A text of \(bytes.count) bytes was not read.")
      return
    }
    texts.append(Text(key: key, value: String(anyText: bytes), place: place))
  }

  mutating func addStore(_ store: EmbeddedStore, at place: String) {
    guard store.bytes.count <= limits.storeBytes else {
      note(.limitExceeded, place, "A C2PA manifest store of \(store.bytes.count) bytes was not read.")
      return
    }
    stores.append(store)
  }
}

extension String {
  /// The text of bytes that are UTF-8 or else Latin-1, without zero bytes at its end.
  init(anyText bytes: some Collection<UInt8>) {
    var rest = Array(bytes)
    while rest.last == 0 { rest.removeLast() }
    self = String(validating: rest, as: UTF8.self) ?? String(latin1: rest)
  }

  init(latin1 bytes: some Collection<UInt8>) {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    self = text
  }
}
