internal import ImageDecoding

/// A part of a file, under the name that `c2pa.hash.boxes` has for it.
struct AssetBox: Sendable {
  enum Role: Sendable {
    /// The manifest store.
    case store
    /// Nothing that changes what is seen: comments, EXIF, XMP.
    case metadata
    case other
  }

  let name: String
  let range: Range<Int>
  let role: Role
}

/// The parts of a file, one after the other, from its first byte to the end of its image.
enum AssetBoxes {
  /// How many parts are looked at.
  static let maximumCount = 100_000

  /// Nil for files of other kinds, and for such as are cut short, have bytes that belong to no part, or have more than
  /// `maximumCount` parts.
  ///
  /// - Parameter joiningRestarts: Whether what lies behind restart markers of a JPEG belongs to its scan.
  static func boxes(of asset: BoundAsset, joiningRestarts: Bool) -> [AssetBox]? {
    guard let format = ImageFormat(signatureOf: asset.bytes), [.jpeg, .png, .webp, .gif].contains(format),
      let file = FileParts(asset.bytes, format: format, mostParts: maximumCount), file.problem == nil,
      !file.isOverfull, let last = file.parts.last,
      format == .webp || ["EOI", "IEND", "3B"].contains(last.name)
    else { return nil }
    var boxes: [AssetBox] = []
    var end = 0
    for part in file.parts {
      guard part.range.lowerBound == end else { return nil }
      end = part.range.upperBound
      if let store = asset.storeExtent, store.contains(part.range.lowerBound) {
        if let last = boxes.last, last.role == .store {
          boxes[boxes.count - 1] = AssetBox(
            name: "C2PA", range: last.range.lowerBound..<end, role: .store)
        } else {
          boxes.append(AssetBox(name: "C2PA", range: part.range, role: .store))
        }
      } else if part.name == "SOS", !joiningRestarts {
        boxes += scan(part, asset.bytes)
        guard boxes.count <= maximumCount else { return nil }
      } else {
        let role: AssetBox.Role = isMetadata(part, file) ? .metadata : .other
        boxes.append(AssetBox(name: part.name, range: part.range, role: role))
      }
    }
    return boxes
  }

  /// Where metadata lies, store apart; nil where it cannot be told.
  static func metadata(of asset: BoundAsset) -> [Range<Int>]? {
    boxes(of: asset, joiningRestarts: true)?.filter { $0.role == .metadata }.map(\.range)
  }

  /// Of a JPEG JFIF's head, EXIF, XMP, IPTC and comments; not the colour profile (APP2), nor what says how colours are coded
  /// (APP14).
  private static func isMetadata(_ part: FileParts.Part, _ file: FileParts) -> Bool {
    switch file.format {
    case .jpeg: ["APP0", "APP1", "APP13", "COM"].contains(part.name)
    case .png: ["tEXt", "zTXt", "iTXt", "eXIf", "tIME"].contains(part.name)
    case .webp: ["EXIF", "XMP "].contains(part.name)
    default:
      part.name == "21FE"
        || part.name == "21FF" && file[part.content].dropFirst().prefix(11).elementsEqual("XMP DataXMP".utf8)
    }
  }

  /// The scan of a JPEG, a box behind each restart marker.
  private static func scan(_ part: FileParts.Part, _ bytes: UnsafeRawBufferPointer) -> [AssetBox] {
    var boxes: [AssetBox] = []
    var (start, name) = (part.range.lowerBound, part.name)
    var position = part.content.upperBound
    while position + 1 < part.range.upperBound, boxes.count < maximumCount {
      if bytes[position] == 0xFF, (0xD0...0xD7).contains(bytes[position + 1]) {
        boxes.append(AssetBox(name: name, range: start..<position, role: .other))
        (start, name) = (position, "RST\(bytes[position + 1] - 0xD0)")
        position += 1
      }
      position += 1
    }
    boxes.append(AssetBox(name: name, range: start..<part.range.upperBound, role: .other))
    return boxes
  }
}
