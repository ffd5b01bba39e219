import TestSupport
import Testing

@testable import ImageEvidence

/// Stores that are damaged, or made to harm.
struct HostileStoreTests {
  private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
    head(content.count + 8) + type.utf8 + content
  }

  private static func head(_ length: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
  }

  private static func superbox(_ type: JUMBFType, _ label: String, _ content: [UInt8]) -> [UInt8] {
    box("jumb", box("jumd", type.bytes + [3] + label.utf8 + [0]) + content)
  }

  private func judge(_ bytes: [UInt8]) -> ManifestStore {
    [UInt8]().withUnsafeBytes {
      ManifestStore(
        EmbeddedStore(bytes: bytes, extent: nil), asset: $0, at: Sample.instant, trust: Sample.trust)
    }
  }

  private static let store = superbox(.store, "c2pa", superbox(.manifest, "urn:x", []))

  @Test func boxesThatLieAreRefused() {
    let good = Self.store
    #expect(throws: Never.self) { try JUMBFReader.read(good) }
    var cases: [(String, [UInt8])] = [
      ("nothing", []), ("a byte behind", good + [0]), ("a box behind", good + Self.box("free", [])),
      ("a box of the rest", [0, 0, 0, 0] + good.dropFirst(4)),
      ("a length of 7", [0, 0, 0, 7] + good.dropFirst(4)),
      ("four gigabytes", [255, 255, 255, 255] + good.dropFirst(4)),
      ("a length of 2^64 - 1", [0, 0, 0, 1] + "jumb".utf8 + [UInt8](repeating: 255, count: 8)),
      ("a long length of 15", [0, 0, 0, 1] + "jumb".utf8 + [0, 0, 0, 0, 0, 0, 0, 15]),
      ("no description", Self.box("jumb", [])),
      ("something before it", Self.box("jumb", Self.box("free", []))),
      ("a description cut short", Self.box("jumb", Self.box("jumd", JUMBFType.store.bytes))),
    ]
    // The manifest inside says that it is longer and shorter than it is.
    for change: UInt8 in [1, 255] {
      var bytes = good
      bytes[8 + 30 + 3] &+= change
      cases.append(("an inner length", bytes))
    }
    for label in ["a/b", "a;b", "a?b", "a#b", "a\u{7}b", "a\u{85}b", ""] {
      cases.append(("the label \(label)", Self.superbox(.store, label, [])))
    }
    for toggles: UInt8 in [0x07, 0x0B, 0x13, 0x23, 0x43, 0x83] {
      cases.append(("toggles", Self.box("jumb", Self.box("jumd", JUMBFType.store.bytes + [toggles, 97, 0]))))
    }
    for (why, bytes) in cases {
      #expect(throws: JUMBFError.self, "\(why)") { try JUMBFReader.read(bytes) }
      let store = judge(bytes)
      #expect(store.validationState == .invalid)
      #expect(store.validationResults.failure.map(\.code) == [.generalError], "\(why)")
    }
  }

  @Test func depthAndCountAreBounded() {
    func nested(_ depth: Int) -> [UInt8] {
      (1..<depth).reduce(Self.superbox(.store, "x", [])) { inner, _ in Self.superbox(.store, "x", inner) }
    }
    #expect(throws: Never.self) { try JUMBFReader.read(nested(EvidenceLimits.default.boxDepth)) }
    #expect(throws: JUMBFError.self) { try JUMBFReader.read(nested(EvidenceLimits.default.boxDepth + 1)) }
    func many(_ count: Int) -> [UInt8] {
      Self.superbox(.store, "c2pa", (0..<count).flatMap { _ in Self.box("free", []) })
    }
    #expect(throws: Never.self) { try JUMBFReader.read(many(EvidenceLimits.default.storeBoxes - 2)) }
    #expect(throws: JUMBFError.self) { try JUMBFReader.read(many(EvidenceLimits.default.storeBoxes - 1)) }
    let manifests = (0...EvidenceLimits.default.manifests).flatMap {
      Self.superbox(.manifest, "urn:\($0)", [])
    }
    #expect(judge(Self.superbox(.store, "c2pa", manifests)).manifests.isEmpty)
  }

  @Test func limitsAreTheCallers() throws {
    let sample = try Sample.named("c15")
    let place = try #require(StoreFinder.stores(in: sample.bytes).first)
    func failures(_ change: (inout EvidenceLimits) -> Void) -> Set<String> {
      var limits = EvidenceLimits.default
      change(&limits)
      let store = sample.bytes.withUnsafeBytes {
        ManifestStore(place, asset: $0, at: Sample.instant, trust: Sample.trust, limits: limits)
      }
      return Set(store.allFailures.map(\.code.rawValue))
    }
    #expect(failures { _ in } == [])
    #expect(failures { $0.storeBytes = place.bytes.count - 1 } == ["general.error"])
    #expect(failures { $0.boxDepth = 3 } == ["general.error"])
    #expect(failures { $0.storeBoxes = 20 } == ["general.error"])
    #expect(failures { $0.manifests = 1 } == ["general.error"])
    #expect(failures { $0.assertions = 2 }.contains("claim.malformed"))
    #expect(failures { $0.cborDepth = 1 }.contains("claim.cbor.invalid"))
    #expect(failures { $0.cborItems = 5 }.contains("claim.cbor.invalid"))
    #expect(failures { $0.certificates = 1 } == ["claimSignature.mismatch"])
    #expect(failures { $0.certificateBytes = 100 } == ["claimSignature.mismatch"])
    #expect(failures { $0.ingredientDepth = 0 }.contains("assertion.ingredient.malformed"))
  }

  @Test func aStoreWithoutManifestsIsAFinding() {
    #expect(judge(Self.superbox(.store, "c2pa", [])).validationResults.failure.map(\.code) == [.generalError])
    #expect(
      judge(Self.superbox(.manifest, "urn:x", [])).validationResults.failure.map(\.code) == [.generalError])
    #expect(
      judge(Self.superbox(.store, "other", [])).validationResults.failure.map(\.code) == [.generalError])
    let empty = judge(Self.store)
    #expect(empty.activeLabel == "urn:x")
    #expect(
      Set(empty.validationResults.failure.map(\.code)) == [
        ValidationCode.Claim.missing, ValidationCode.Signature.missing,
      ])
  }

  /// Whatever byte of a file is changed: no trap, and nothing else than before is trusted.
  @Test(arguments: ["c01", "c22", "c12", "c15"]) func noChangedByteIsTrusted(_ name: String) throws {
    let sample = try Sample.named(name)
    let original = try #require(sample.store())
    let place = try #require(StoreFinder.stores(in: sample.bytes).first)
    #expect(original.validationState == .trusted)
    var random = SplitMix64(seed: 0xC2BA)
    for _ in 0..<150 {
      var store = place
      let index = Int(random.next() % UInt64(store.bytes.count))
      store.bytes[index] ^= UInt8(1 << (random.next() % 8))
      let judged = sample.bytes.withUnsafeBytes {
        ManifestStore(store, asset: $0, at: Sample.instant, trust: Sample.trust)
      }
      guard judged.validationState == .trusted else { continue }
      // Padding, and labels that nothing refers to, are in no hash.
      #expect(judged.manifests.map(\.claim) == original.manifests.map(\.claim), "byte \(index)")
      #expect(judged.manifests.map(\.actions) == original.manifests.map(\.actions), "byte \(index)")
      #expect(
        judged.manifests.map(\.claimSignature) == original.manifests.map(\.claimSignature), "byte \(index)")
    }
  }

  @Test func noCutStoreTraps() throws {
    let place = try #require(StoreFinder.stores(in: Sample.named("c15").bytes).first)
    for count in stride(from: 0, to: place.bytes.count, by: 97) {
      let judged = judge(Array(place.bytes[..<count]))
      #expect(judged.validationResults.failure.contains { $0.code == .generalError })
    }
  }

  @Test func referencesAreReadByTheirParts() {
    #expect(
      JUMBFURI("self#jumbf=/c2pa/urn:c2pa:1/c2pa.assertions/x")
        == JUMBFURI(manifest: "urn:c2pa:1", path: ["c2pa.assertions", "x"]))
    #expect(JUMBFURI("self#jumbf=c2pa.assertions/x")?.manifest == nil)
    #expect(JUMBFURI("self#jumbf=/c2pa/urn:x")?.path == [])
    for text in [
      "", "self#jumbf=", "self#jumbf=/", "self#jumbf=/c2pa", "self#jumbf=a//b", "a/b", "http://x/y",
    ] {
      #expect(JUMBFURI(text) == nil, "\(text)")
    }
  }
}
