import Testing

@testable import ImageEvidence

/// What a hash may leave out of a file, and what not.
struct HardBindingTests {
  private func map(_ members: [(String, CBORValue)]) -> CBORValue {
    .map(members.map { CBORMember(key: .text($0.0), value: $0.1) })
  }

  private func number(_ value: Int) -> CBORValue { .unsigned(UInt64(value)) }

  private func ranges(_ ranges: [Range<Int>]) -> CBORValue {
    .array(ranges.map { map([("start", number($0.lowerBound)), ("length", number($0.count))]) })
  }

  private func judge(
    _ kind: String, _ value: CBORValue, _ asset: [UInt8], store: Range<Int>? = nil, isUpdated: Bool = false
  ) -> [String] {
    let binding = HardBinding(
      kind: kind, value: value, url: "self#jumbf=x", standardAlgorithm: "sha256", isUpdated: isUpdated)
    return asset.withUnsafeBytes {
      binding.judge(BoundAsset(bytes: $0, storeExtent: store)).map(\.code.rawValue)
    }
  }

  private func digest(_ pieces: [ArraySlice<UInt8>]) -> CBORValue {
    .bytes(HashAlgorithm.sha256.digest(ArraySlice(pieces.joined())) ?? [])
  }

  /// SOI, APP1 of 12 bytes, a store of 14 bytes in APP11, APP14, a scan with a restart, EOI.
  private static let jpeg: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE1, 0, 10] + [UInt8](repeating: 7, count: 8) + [0xFF, 0xEB, 0, 12]
    + [UInt8](repeating: 9, count: 10) + [
      0xFF, 0xEE, 0, 4, 1, 2, 0xFF, 0xDA, 0, 4, 1, 1, 5, 0xFF, 0, 6, 0xFF, 0xD0,
    ]
    + [8, 8, 0xFF, 0xD9]
  private static let store = 14..<28

  private func dataHash(
    _ left: [Range<Int>], hashing: [Range<Int>]? = nil, store: Range<Int>? = Self.store,
    isUpdated: Bool = false
  ) -> [String] {
    var kept: [ArraySlice<UInt8>] = []
    var position = 0
    for range in hashing ?? left {
      kept.append(Self.jpeg[position..<range.lowerBound])
      position = range.upperBound
    }
    kept.append(Self.jpeg[position...])
    return judge(
      "c2pa.hash.data", map([("exclusions", ranges(left)), ("hash", digest(kept))]), Self.jpeg, store: store,
      isUpdated: isUpdated)
  }

  @Test func dataHashLeavesOutTheStoreAndMetadataAlone() {
    let additional = "assertion.dataHash.additionalExclusionsPresent"
    #expect(dataHash([Self.store]) == ["assertion.dataHash.match"])
    #expect(dataHash([2..<14, Self.store]) == ["assertion.dataHash.match", additional])
    #expect(dataHash([6..<8, Self.store]) == ["assertion.dataHash.match", additional])
    let mismatch = ["assertion.dataHash.mismatch"]
    // A byte more or less than the store, the marker before metadata, colour coding, image data, several at once.
    for left in [
      [13..<28], [14..<29], [15..<28], [14..<27], [0..<14, Self.store], [Self.store, 28..<34],
      [Self.store, 40..<44],
      [2..<28], [Self.store, 28..<50],
    ] { #expect(dataHash(left) == mismatch, "\(left)") }
    // A store that came from elsewhere has no place in the file.
    #expect(dataHash([Self.store], store: nil) == mismatch)
    #expect(dataHash([], store: nil) == ["assertion.dataHash.match"])
    #expect(dataHash([2..<14], store: nil) == ["assertion.dataHash.match", additional])
  }

  @Test func dataHashWantsRangesInOrder() {
    let hash = ("hash", CBORValue.bytes([1]))
    let malformed = ["assertion.dataHash.malformed"]
    for left in [[Self.store, 2..<14], [14..<28, 20..<30]] {
      #expect(judge("c2pa.hash.data", map([("exclusions", ranges(left)), hash]), Self.jpeg) == malformed)
    }
    for entry in [
      map([("start", number(1))]), map([("start", .negative(0)), ("length", number(1))]),
      map([("start", number(.max)), ("length", number(.max))]),
      map([("start", .unsigned(.max)), ("length", number(1))]), .null,
    ] {
      #expect(judge("c2pa.hash.data", map([("exclusions", .array([entry])), hash]), Self.jpeg) == malformed)
    }
    let far = map([("exclusions", ranges([14..<Int.max])), hash])
    #expect(judge("c2pa.hash.data", far, Self.jpeg, store: Self.store) == ["assertion.dataHash.mismatch"])
    #expect(judge("c2pa.hash.data", map([]), Self.jpeg) == ["assertion.dataHash.mismatch"])
    #expect(
      judge("c2pa.hash.data", map([hash, ("alg", .text("sha1"))]), Self.jpeg) == ["algorithm.unsupported"])
  }

  @Test func dataHashFollowsAStoreThatHasGrown() {
    // Made when the store was four bytes shorter.
    #expect(dataHash([14..<24], hashing: [Self.store], isUpdated: true) == ["assertion.dataHash.match"])
    #expect(dataHash([14..<24], hashing: [Self.store]) == ["assertion.dataHash.mismatch"])
  }

  private func boxes(_ entries: [([String], [UInt8], Bool)]) -> CBORValue {
    map([
      (
        "boxes",
        .array(
          entries.map { names, bytes, isLeftOut in
            map([
              ("names", .array(names.map { .text($0) })), ("hash", digest([bytes[...]])), ("pad", .bytes([])),
              ("excluded", .bool(isLeftOut)),
            ])
          })
      )
    ])
  }

  private func judgeBoxes(_ entries: [([String], [UInt8], Bool)], _ asset: [UInt8] = Self.jpeg) -> [String] {
    judge("c2pa.hash.boxes", boxes(entries), asset, store: Self.store)
  }

  @Test func boxesHashNamesAllOfTheFile() {
    let bytes = Self.jpeg
    let start = (["SOI"], Array(bytes[0..<2]), false)
    let exif = (["APP1"], Array(bytes[2..<14]), false)
    let store = (["C2PA"], [UInt8](), false)
    let end = (["APP14", "SOS", "EOI"], Array(bytes[28...]), false)
    let split = (["APP14", "SOS", "RST0", "EOI"], Array(bytes[28...]), false)
    #expect(judgeBoxes([start, exif, store, end]) == ["assertion.boxesHash.match"])
    #expect(judgeBoxes([start, exif, store, split]) == ["assertion.boxesHash.match"])
    #expect(
      judgeBoxes([start, (["APP1"], [], true), store, end]) == [
        "assertion.boxesHash.match", "assertion.dataHash.additionalExclusionsPresent",
      ])
    let mismatch = ["assertion.boxesHash.mismatch"]
    #expect(judgeBoxes([start, exif, store, (["APP14", "SOS", "EOI"], [], true)]) == mismatch)
    #expect(judgeBoxes([exif, start, store, end]) == mismatch)
    #expect(judgeBoxes([start, (["APP1"], [], false), store, end]) == mismatch)
    #expect(
      judgeBoxes([start, exif, store, (["APP14"], Array(bytes[28..<34]), false)]) == [
        "assertion.boxesHash.unknownBox"
      ])
    #expect(judgeBoxes([start, exif, store, end, (["COM"], [], false)]) == mismatch)
    #expect(
      judgeBoxes([start, (["APP1", "C2PA"], Array(bytes[2..<28]), false), end]) == [
        "assertion.boxesHash.malformed"
      ])
    #expect(judgeBoxes([]) == ["assertion.boxesHash.malformed"])
    // Bytes behind the image have to be named too.
    #expect(judgeBoxes([start, exif, store, end], bytes + [1, 2]) == mismatch)
    #expect(
      judgeBoxes([start, exif, store, end, (["c2pa.after"], [1, 2], false)], bytes + [1, 2]) == [
        "assertion.boxesHash.match"
      ])
    #expect(judgeBoxes([start, exif, store, end, (["c2pa.after"], [], true)], bytes + [1, 2]) == mismatch)
  }

  private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
    [0, 0, 0, UInt8(8 + content.count)] + type.utf8 + content
  }

  @Test func bmffHashLeavesOutNoPartOfTheImage() {
    let file = Self.box("ftyp", [1, 2, 3, 4]) + Self.box("free", [9])
    let iloc = Self.box("iloc", [0, 0, 0, 0, 5]), iinf = Self.box("iinf", [0, 0, 0, 0, 6])
    let meta = Self.box("meta", [0, 0, 0, 0] + iloc + iinf), mdat = Self.box("mdat", [7, 7, 7])
    let asset = file + meta + mdat
    let metaStart = file.count, mdatStart = file.count + meta.count
    func offset(_ value: Int) -> [UInt8] { [0, 0, 0, 0, 0, 0, UInt8(value >> 8), UInt8(value & 255)] }
    func judge(_ paths: [[(String, CBORValue)]], _ hashed: [UInt8]) -> [String] {
      let value = map([("exclusions", .array(paths.map(map))), ("hash", digest([hashed[...]]))])
      return self.judge("c2pa.hash.bmff.v3", value, asset)
    }
    let standard: [[(String, CBORValue)]] = [[("xpath", .text("/ftyp"))], [("xpath", .text("/free"))]]
    let whole = offset(metaStart) + meta + offset(mdatStart) + mdat
    #expect(judge(standard, whole) == ["assertion.bmffHash.match"])
    #expect(judge(standard, whole + [0]) == ["assertion.bmffHash.mismatch"])
    let withoutPlaces = offset(metaStart) + meta[..<12] + iinf + offset(mdatStart) + mdat
    #expect(
      judge(standard + [[("xpath", .text("/meta[1]/iloc"))]], withoutPlaces) == ["assertion.bmffHash.match"])
    #expect(judge(standard + [[("xpath", .text("/meta[2]/iloc"))]], whole) == ["assertion.bmffHash.match"])
    // Conditions that no box meets leave nothing out.
    for condition: (String, CBORValue) in [
      ("length", number(3)), ("version", number(1)), ("flags", .bytes([0, 0, 1])),
      ("data", .array([map([("offset", number(8)), ("value", .bytes([1]))])])),
    ] {
      #expect(
        judge(standard + [[("xpath", .text("/meta/iloc")), condition]], whole) == ["assertion.bmffHash.match"]
      )
    }
    let mismatch = ["assertion.bmffHash.mismatch"]
    #expect(judge(standard + [[("xpath", .text("/mdat"))]], offset(metaStart) + meta) == mismatch)
    #expect(judge(standard + [[("xpath", .text("/meta"))]], offset(mdatStart) + mdat) == mismatch)
    #expect(judge(standard + [[("xpath", .text("/meta/iinf"))]], whole) == mismatch)
    let subset = CBORValue.array([map([("offset", number(8)), ("length", number(0))])])
    #expect(
      judge(
        standard + [[("xpath", .text("/mdat")), ("subset", subset)]],
        offset(metaStart) + meta + offset(mdatStart) + mdat[..<8]) == mismatch)
    let malformed = ["assertion.bmffHash.malformed"]
    #expect(judge([], whole) == malformed)
    for path in ["ftyp", "/", "//", "/ft", "/ftyp[0]", "/ftyp[x]"] {
      #expect(judge([[("xpath", .text(path))]], whole) == malformed, "\(path)")
    }
    let crossed = CBORValue.array(
      [[8, 4], [10, 4]].map { map([("offset", number($0[0])), ("length", number($0[1]))]) })
    #expect(judge([[("xpath", .text("/free")), ("subset", crossed)]], whole) == malformed)
    #expect(
      self.judge(
        "c2pa.hash.bmff.v3", map([("exclusions", .array(standard.map(map))), ("merkle", .array([]))]), asset)
        == ["general.error"])
  }
}
