internal import ImageDecoding

/// A manifest store as a container holds it.
package struct EmbeddedStore: Sendable {
  /// The store: a box `jumb`, whole.
  package var bytes: [UInt8]
  /// What of the asset is taken up by it, with the heads of its segments or chunks (of JPEG all of its APP11 segments, of
  /// PNG and RIFF the chunk with its checksum or padding, of GIF the whole extension, of TIFF the value alone, of ISO
  /// base media the box `uuid`). Nil for a store that came from elsewhere, such as a file beside the image: then no byte
  /// of the asset may be left out of a hash for its sake.
  package var extent: Range<Int>?
  /// What is wrong with how it is embedded: a gap between segments, a length that does not agree. One line each.
  package var problems: [String]

  package init(bytes: [UInt8], extent: Range<Int>?, problems: [String] = []) {
    self.bytes = bytes
    self.extent = extent
    self.problems = problems
  }

  /// Without zeros behind the box, which containers with boxes have for padding.
  var withoutPadding: EmbeddedStore {
    let declared = bytes.withUnsafeBytes { bytes -> Int? in
      let short = bytes.integer(at: 0, bytes: 4)
      return short == 1 ? bytes.integer(at: 8, bytes: 8) : short
    }
    guard let declared, declared >= 8, declared < bytes.count,
      bytes[declared...].allSatisfy({ $0 == 0 })
    else { return self }
    return EmbeddedStore(bytes: Array(bytes[..<declared]), extent: extent, problems: problems)
  }

  /// Whether a box of JUMBF is a manifest store: its description has that type.
  static func isStore(_ box: some Collection<UInt8>) -> Bool {
    let bytes = Array(box.prefix(40))
    return bytes.withUnsafeBytes { bytes in
      let header = bytes.integer(at: 0, bytes: 4) == 1 ? 16 : 8
      return bytes.suffix(from: header + 4).starts(with: "jumd")
        && bytes.dropFirst(header + 8).prefix(16).elementsEqual(type)
    }
  }

  private static let type: [UInt8] = [
    0x63, 0x32, 0x70, 0x61, 0, 0x11, 0, 0x10, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
  ]
}

/// The image that a store speaks of.
struct BoundAsset {
  let bytes: UnsafeRawBufferPointer
  /// See `EmbeddedStore.extent`.
  let storeExtent: Range<Int>?

  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
}

/// The assertion that binds a manifest to the bytes of an asset.
struct HardBinding {
  /// What each kind of assertion is called in status codes.
  static let names = [
    "c2pa.hash.data": "assertion.dataHash", "c2pa.hash.boxes": "assertion.boxesHash",
    "c2pa.hash.bmff.v2": "assertion.bmffHash", "c2pa.hash.bmff.v3": "assertion.bmffHash",
    "c2pa.hash.collection.data": "assertion.collectionHash",
  ]

  static func isOne(_ kind: String) -> Bool { names[kind] != nil }

  let kind: String
  let value: CBORValue
  /// Of its assertion.
  let url: String
  /// The algorithm of the claim.
  let standardAlgorithm: String?
  /// Whether update manifests have been added since it was made, so that the store is longer than it was.
  let isUpdated: Bool

  /// Findings, which begin with a match or hold a failure.
  func judge(_ asset: BoundAsset) -> [ValidationStatus] {
    let outcome: Outcome
    switch kind {
    case _ where asset.bytes.isEmpty: outcome = .mismatch("there is no image to hold it against")
    case "c2pa.hash.data": outcome = DataHash.judge(self, asset)
    case "c2pa.hash.boxes": outcome = BoxesHash.judge(self, asset)
    case "c2pa.hash.bmff.v2", "c2pa.hash.bmff.v3": outcome = BMFFHash.judge(self, asset)
    default:
      return [ValidationStatus(.generalError, url: url, explanation: "\(kind) is not for a single image")]
    }
    let name = Self.names[kind] ?? ""
    switch outcome {
    case .match(let notes):
      return [status(name + ".match", "the bytes of the image are those that were signed")] + notes
    case .mismatch(let words): return [status(name + ".mismatch", words)]
    case .malformed(let words): return [status(name + ".malformed", words)]
    case .other(let status): return [status]
    }
  }

  enum Outcome {
    case match([ValidationStatus])
    case mismatch(String)
    case malformed(String)
    case other(ValidationStatus)

    static let changed = Outcome.mismatch("the bytes of the image are not those that were signed")
  }

  private func status(_ code: String, _ words: String) -> ValidationStatus {
    ValidationStatus(ValidationCode(rawValue: code), url: url, explanation: words)
  }

  func other(_ code: ValidationCode, _ words: String) -> Outcome {
    .other(ValidationStatus(code, url: url, explanation: words))
  }

  /// The algorithm that a map names, or the one around it.
  func algorithm(_ maps: CBORValue...) -> HashAlgorithm? {
    let name = maps.lazy.compactMap { $0["alg"]?.textValue }.first ?? standardAlgorithm
    return name.flatMap(HashAlgorithm.init(rawValue:))
  }

  var unsupported: Outcome {
    other(.algorithmUnsupported, "its hash algorithm is not allowed, or none is named")
  }
}
