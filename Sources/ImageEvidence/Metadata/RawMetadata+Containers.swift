internal import ImageDecoding

extension RawMetadata {
  mutating func readJPEG(_ parts: FileParts) {
    var boxes = JPEGBoxes()
    for (index, part) in parts.parts.enumerated() {
      let content = parts[part.content]
      switch part.name {
      case "APP1": readAPP1(content)
      case "APP11": boxes.add(part, index: index, content)
      case "APP13": readPhotoshop(content, at: "JPEG APP13")
      case "COM": addText("comment", content, at: "JPEG comment")
      case "APP2" where content.starts(with: "MPF\0"):
        note(.note, "JPEG APP2", "The file holds further images (MPF), which were not looked at.")
      case _ where part.name.hasPrefix("APP") && content.starts(with: "AIGC{"):
        addText("AIGC", content.dropFirst(4), at: "JPEG \(part.name)")
      default: break
      }
    }
    for store in boxes.stores { addStore(store, at: "JPEG APP11") }
  }

  private mutating func readAPP1(_ content: UnsafeRawBufferPointer) {
    let (packet, more) = ("http://ns.adobe.com/xap/1.0/\0", "http://ns.adobe.com/xmp/extension/\0")
    if content.starts(with: "Exif\0") {
      addEXIF(content, at: "JPEG APP1")
    } else if content.starts(with: packet.utf8) {
      addXMP(content.dropFirst(packet.utf8.count), at: "JPEG APP1")
    } else if content.starts(with: more.utf8) {
      let start = more.utf8.count
      guard let total = content.integer(at: start + 32, bytes: 4),
        let offset = content.integer(at: start + 36, bytes: 4)
      else {
        note(.damaged, "JPEG APP1", "A piece of extended XMP is incomplete.")
        return
      }
      let name = String(latin1: content[start..<start + 32])
      guard total <= limits.xmpBytes, extensions.count < 16 || extensions[name] != nil else {
        note(.limitExceeded, "JPEG APP1", "Extended XMP of \(total) bytes was not read.")
        return
      }
      var whole = extensions[name] ?? XMPExtension(total: total)
      if whole.total != total || !whole.add(content.dropFirst(start + 40), at: offset) {
        note(.damaged, "JPEG APP1", "A piece of extended XMP lies outside its packet or over another.")
      }
      extensions[name] = whole
    }
  }

  /// The resources of Photoshop, of which the one of IPTC's records is read.
  mutating func readPhotoshop(_ content: UnsafeRawBufferPointer, at place: String) {
    let signature = "Photoshop 3.0\0"
    guard content.starts(with: signature.utf8) else { return }
    var reader = ByteReader(content, position: signature.utf8.count)
    while reader.remaining >= 12, let mark = reader.read(4) {
      guard mark.starts(with: "8BIM"), let id = reader.readUInt16(), let name = reader.readUInt8(),
        // The name with its length is padded to an even count.
        reader.read(name + (name + 1) % 2) != nil, let count = reader.readUInt32(),
        let data = reader.read(count)
      else {
        note(.damaged, place, "A resource of Photoshop is incomplete.")
        return
      }
      if id == 0x0404, iptc.count < 16 { iptc.append(Block(place: place, bytes: Array(data))) }
      if count % 2 == 1 { _ = reader.read(1) }
    }
  }

  mutating func readWebP(_ parts: FileParts) {
    for part in parts.parts {
      switch part.name {
      case "EXIF": addEXIF(parts[part.content], at: "WebP EXIF")
      case "XMP ": addXMP(parts[part.content], at: "WebP XMP")
      case "C2PA":
        addStore(EmbeddedStore(bytes: Array(parts[part.content]), extent: part.range), at: "WebP C2PA")
      default: break
      }
    }
  }

  mutating func readGIF(_ parts: FileParts) {
    for part in parts.parts {
      let content = parts[part.content]
      if part.name == "21FE" {
        addText("comment", Self.unblocked(content), at: "GIF comment")
      } else if part.name == "21FF", content.first == 11 {
        let name = content.dropFirst().prefix(11)
        if name.elementsEqual("XMP DataXMP".utf8) {
          // The packet is no sequence of blocks; 256 bytes behind it lead every reader of such to the end.
          addXMP(content.dropFirst(12).dropLast(258), at: "GIF XMP")
        } else if name.elementsEqual(Array("C2PA_GIF".utf8) + [1, 0, 0]) {
          let store = EmbeddedStore(
            bytes: Self.unblocked(UnsafeRawBufferPointer(rebasing: content.dropFirst(12))),
            extent: part.range)
          addStore(store, at: "GIF C2PA")
        }
      }
    }
  }

  private static func unblocked(_ content: UnsafeRawBufferPointer) -> [UInt8] {
    var reader = ByteReader(content)
    var bytes: [UInt8] = []
    while let count = reader.readUInt8(), count > 0, let block = reader.read(count) { bytes += block }
    return bytes
  }

  mutating func readTIFF(_ parts: FileParts) {
    guard let fields = TIFFFields(parts.bytes, takesBig: true) else { return }
    if parts.parts.count > limits.directories {
      note(.limitExceeded, "TIFF", "Of \(parts.parts.count) directories \(limits.directories) were read.")
    }
    for (index, part) in parts.parts.prefix(limits.directories).enumerated() {
      for entry in TIFFEntries(fields, at: part.range.lowerBound).prefix(limits.containerParts) {
        guard [700, 0x83BB, 0x8649, 0xCD41].contains(entry.tag), let place = fields.place(of: entry),
          let count = entry.byteCount
        else { continue }
        let content = UnsafeRawBufferPointer(rebasing: parts.bytes[place..<place + count])
        switch entry.tag {
        case 700 where index == 0: addXMP(content, at: "TIFF XMP")
        case 0x83BB where index == 0:
          iptc.append(Block(place: "TIFF IPTC", bytes: Array(content.prefix(limits.textBytes))))
        case 0xCD41 where count > limits.storeBytes:
          note(.limitExceeded, "TIFF C2PA", "A C2PA manifest store of \(count) bytes was not read.")
        // The first directory's counts, and the last one's; of two the last comes first in importance.
        case 0xCD41 where index == 0 || index == parts.parts.count - 1:
          addStore(EmbeddedStore(bytes: Array(content), extent: place..<place + count), at: "TIFF C2PA")
        default: break
        }
      }
    }
  }

  mutating func readBoxes(_ parts: FileParts) {
    let name = parts.format.rawValue
    for part in parts.parts {
      let content = parts[part.content]
      switch part.name {
      case "uuid": readUUID(content, part, name)
      case "Exif": addEXIF(content.dropFirst(4 + (content.integer(at: 0, bytes: 4) ?? 0)), at: "\(name) Exif")
      case "xml " where parts.format == .jpegXL: addXMP(content, at: "\(name) xml")
      case "jumb" where parts.format == .jpegXL:
        let box = parts[part.range]
        if EmbeddedStore.isStore(box) {
          addStore(EmbeddedStore(bytes: Array(box), extent: part.range), at: "\(name) jumb")
        }
      case "brob": note(.notRead, "\(name) brob", "A box compressed with Brotli was not read.")
      default: break
      }
    }
    for item in parts.items {
      let count = item.pieces.reduce(0) { $0 + $1.count }
      guard count <= limits.textBytes else {
        note(.limitExceeded, "\(name) \(item.type)", "An item of \(count) bytes was not read.")
        continue
      }
      let bytes = item.pieces.flatMap { Array(parts[$0]) }
      if item.type == "Exif" {
        // Before the block stands where in it the TIFF structure begins.
        let offset = bytes.withUnsafeBytes { $0.integer(at: 0, bytes: 4) } ?? 0
        addEXIF(bytes.dropFirst(DecodeLimits.sum(4, offset)), at: "\(name) Exif")
      } else if item.contentType == "application/rdf+xml" {
        addXMP(bytes, at: "\(name) XMP")
      }
    }
  }

  private mutating func readUUID(_ content: UnsafeRawBufferPointer, _ part: FileParts.Part, _ name: String) {
    if content.prefix(16).elementsEqual(Self.xmpUUID) {
      addXMP(content.dropFirst(16), at: "\(name) uuid")
      return
    }
    guard content.prefix(16).elementsEqual(Self.c2paUUID) else { return }
    guard content.integer(at: 16, bytes: 4) == 0,
      let end = content.dropFirst(20).prefix(64).firstIndex(of: 0)
    else {
      note(.damaged, "\(name) uuid", "The box of a C2PA manifest store has no known form.")
      return
    }
    let purpose = String(latin1: content[20..<end])
    guard ["manifest", "original"].contains(purpose) else {
      if purpose != "merkle" { note(.notRead, "\(name) uuid", "A C2PA box for \"\(purpose)\" was not read.") }
      return
    }
    // Eight bytes say where hashes of pieces stand.
    let start = end + 1 + 8
    guard start <= content.count else {
      note(.damaged, "\(name) uuid", "The box of a C2PA manifest store is incomplete.")
      return
    }
    addStore(
      EmbeddedStore(bytes: Array(content.dropFirst(start)), extent: part.range).withoutPadding,
      at: "\(name) uuid")
  }

  private static let xmpUUID: [UInt8] = [
    0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC,
  ]
  private static let c2paUUID: [UInt8] = [
    0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4, 0x81,
  ]
}
