import Foundation
import TestSupport
import Testing

@testable import ImageEvidence

/// The samples of `Fixtures/evidence/c2pa`, held against what the reference implementation says of them, or the
/// specification where that errs.
struct C2PASampleTests {
  #if Brotli
    static let samples = Sample.all
  #else
    static let samples = Sample.all.filter { !Sample.compressed.contains(String($0.name.prefix(3))) }

    @Test(arguments: Sample.compressed) func compressedOnesAreNamedAsNotRead(_ name: String) throws {
      let store = try #require(Sample.named(name).store())
      #expect(store.validationState == .invalid)
      #expect(store.manifests.map(\.isCompressed) == [true])
      #expect(store.validationResults.failure.map(\.code) == [.generalError])
      #expect(store.validationResults.failure[0].explanation.contains("trait Brotli"))
    }
  #endif

  @Test func allSamplesAreThere() {
    #expect(Sample.all.count == 84)
  }

  @Test(arguments: samples) func isJudgedAsExpected(_ sample: Sample) throws {
    let stores = StoreFinder.stores(in: sample.bytes)
    guard sample.expectation.expected.state != "None" else {
      #expect(stores.count != 1)
      return
    }
    let store = try #require(sample.store())
    let states = Set(sample.expectation.expected.state.split(separator: "|").flatMap(Self.states))
    #expect(
      states.contains(store.validationState), "\(store.validationState) \(store.validationResults.failure)")
    let failures = Set(store.allFailures.map(\.code.rawValue))
    for wanted in sample.expectation.expected.failuresAtLeast {
      #expect(
        !failures.isDisjoint(with: wanted.split(separator: "|").map(String.init)),
        "\(wanted) not in \(failures)")
    }
    if store.validationState == .trusted { #expect(store.allFailures.isEmpty) }
  }

  private static func states(_ name: Substring) -> [ValidationState] {
    switch name {
    case "Trusted": [.trusted]
    case "Valid": [.valid]
    default: [.invalid, .wellFormed]
    }
  }

  /// Nothing that the reference implementation finds good or bad is lost, where it reports at all.
  @Test(arguments: samples.filter { $0.expectation.expected.from == "oracle" })
  func hasTheFindingsOfTheReference(_ sample: Sample) throws {
    let store = try #require(sample.store())
    let oracle = sample.expectation.oracle
    let found = Set(store.validationResults.all.map(\.code.rawValue) + store.allFailures.map(\.code.rawValue))
    for code in oracle.failure ?? [] { #expect(found.contains(code), "\(code)") }
    for code in oracle.informational ?? [] { #expect(found.contains(code), "\(code)") }
    let isGood = store.allFailures.allSatisfy { $0.code.rawValue == "signingCredential.untrusted" }
    for code in isGood ? oracle.success ?? [] : [] { #expect(found.contains(code), "\(code)") }
  }

  @Test(
    arguments: samples.filter {
      !$0.expectation.manifests.isEmpty && $0.expectation.expected.state == "Trusted"
    })
  func isReadAsByTheIndependentParser(_ sample: Sample) throws {
    let store = try #require(sample.store())
    #expect(store.activeLabel == sample.expectation.active)
    #expect(store.manifests.map(\.label) == sample.expectation.manifests.map(\.label))
    for (manifest, expected) in zip(store.manifests, sample.expectation.manifests) {
      #expect(
        manifest.assertions.filter { $0.content != nil }.map(\.label).sorted() == expected.assertions.sorted()
      )
      #expect(manifest.actions.map(\.name) == expected.actions)
      let types = manifest.actions.filter { $0.digitalSourceType != nil }
      #expect(types.map(\.digitalSourceType) == expected.digitalSourceTypes.map(\.value))
      #expect(types.map(\.name) == expected.digitalSourceTypes.map(\.action))
      #expect(
        types.map { manifest.claim?.version == 1 ? "assertions" : "\($0.list)_assertions" }
          == expected.digitalSourceTypes.map(\.list))
      #expect(
        manifest.ingredients.map { $0.relationship?.rawValue } == expected.ingredients.map(\.relationship))
      let signature = try #require(manifest.claimSignature)
      let wanted = expected.signature
      #expect(signature.algorithm == wanted?.alg)
      #expect(signature.certificateCount == wanted?.certificates)
      let signer = try #require(signature.signer), issuer = try #require(signature.certificateIssuer)
      #expect(
        wanted?.subject.contains("CN=\(signer.commonName ?? "-"),O=\(signer.organization ?? "-")") == true)
      #expect(
        wanted?.issuer.contains("CN=\(issuer.commonName ?? "-"),O=\(issuer.organization ?? "-")") == true)
      #expect(signature.notBefore?.description.prefix(10) ?? "" == wanted?.notBefore ?? "-")
      #expect(signature.notAfter?.description.prefix(10) ?? "" == wanted?.notAfter ?? "-")
    }
  }

  /// Files that the reference implementation calls trusted, shows another name of, or raises an error for.
  @Test(arguments: [
    ("f62", ValidationState.wellFormed, ["assertion.dataHash.mismatch"]),
    ("f44", .invalid, ["claim.cbor.invalid"]), ("f45", .invalid, ["claim.cbor.invalid"]),
    ("f34", .wellFormed, ["claimSignature.mismatch"]), ("f58", .wellFormed, ["claimSignature.mismatch"]),
    ("f15", .invalid, ["general.error"]), ("f17", .invalid, ["general.error"]),
    ("f47", .invalid, ["general.error"]),
    ("f21", .invalid, ["claim.multiple"]), ("f23", .invalid, ["claimSignature.missing"]),
    ("f08", .wellFormed, ["claimSignature.outsideValidity"]),
    ("f51", .wellFormed, ["claimSignature.outsideValidity"]),
    (
      "f14", .invalid,
      [
        "assertion.ingredient.malformed", "ingredient.claimSignature.mismatch",
        "ingredient.manifest.mismatch",
      ]
    ),
  ])
  func isStricterThanTheReference(_ item: (name: String, state: ValidationState, failures: [String])) throws {
    let store = try #require(Sample.named(item.name).store())
    #expect(store.validationState == item.state)
    #expect(Set(store.allFailures.map(\.code.rawValue)).sorted() == item.failures)
    let inside = store.validationResults.success.contains {
      $0.code == ValidationCode.Signature.insideValidity
    }
    #expect(!inside || !item.failures.contains("claimSignature.outsideValidity"))
  }

  @Test func namesOfForgedKeysAreNotShown() throws {
    let store = try #require(Sample.named("f44").store())
    #expect(store.activeManifest?.claim == nil)
  }

  @Test func signersAndIssuersAreToldApart() throws {
    let signature = try #require(Sample.named("c22").store()?.activeManifest?.claimSignature)
    #expect(
      signature.signer == CertificateName(commonName: "AIGuard Test Expired", organization: "AIGuard Test"))
    #expect(signature.certificateIssuer?.commonName == "AIGuard Test Old Signing CA")
    #expect(
      signature.timeStamp
        == TimeStamp(
          time: try #require(UTCTime("2023-06-01T12:00:00Z")), authority: "AIGuard Test TSA", isTrusted: true)
    )
    // The stamp counts whatever the time is now; without its anchor the certificate has expired.
    let sample = try Sample.named("c22")
    #expect(sample.store(at: UTCTime(secondsSince1970: 4_000_000_000))?.validationState == .trusted)
    var trust = Sample.trust
    trust.timeStampAnchors = []
    let store = try #require(sample.store(trust: trust))
    #expect(store.validationState == .wellFormed)
    #expect(store.validationResults.failure.map(\.code) == [ValidationCode.Signature.outsideValidity])
    #expect(store.validationResults.informational.map(\.code) == [ValidationCode.Stamp.untrusted])
  }

  @Test func credentialsAndUsesAreConfigured() throws {
    let sample = try Sample.named("c24")
    var trust = Sample.trust
    trust.allowedEKUs = ["1.3.6.1.4.1.62558.2.1"]
    #expect(
      sample.store(trust: trust)?.validationResults.failure.map(\.code) == [ValidationCode.Credential.invalid]
    )
    let place = try #require(StoreFinder.stores(in: Sample.named("c01").bytes).first)
    let manifest = try #require(JUMBFReader.read(place.bytes).children.first)
    let signature = try #require(manifest.child(labelled: "c2pa.signature")?.onlyContent("cbor"))
    let leaf = try #require(COSESign1(signature).certificates.first)
    let digest = try #require(HashAlgorithm.sha256.hexadecimal(of: leaf))
    let store = try Sample.named("c01").store(trust: TrustConfiguration(allowedCredentials: [digest]))
    #expect(store?.validationState == .trusted)
  }

  @Test func anIssuingAuthorityIsAnAnchor() throws {
    let sample = try #require(Self.samples.first { $0.name.hasPrefix("c01") })
    let anchors = try TrustConfiguration.certificates(
      pem: Fixtures.bytes("evidence/c2pa/anchors-intermediate.pem"))
    let store = try #require(sample.store(trust: TrustConfiguration(anchors: anchors)))
    #expect(store.validationState == .trusted)
    #expect(sample.store(trust: .none)?.validationState == .valid)
  }

  @Test func thePrintedReportRoundTrips() throws {
    for sample in Self.samples {
      guard let store = sample.store() else { continue }
      let text = try JSONEncoder().encode(store)
      #expect(try JSONDecoder().decode(ManifestStore.self, from: text) == store)
    }
  }
}

extension ManifestStore {
  /// Failures of the active manifest and of what it leads to.
  var allFailures: [ValidationStatus] {
    validationResults.failure + ingredientDeltas.flatMap(\.results.failure)
  }
}

/// A sample with what is to be found.
struct Sample: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let expectation: Expectation

  var testDescription: String { name }

  /// Those with compressed manifests.
  static let compressed = ["c29", "f54"]

  static let instant = UTCTime("2026-11-26T00:00:00Z") ?? UTCTime(secondsSince1970: 0)

  static let trust: TrustConfiguration = {
    let anchors = try? TrustConfiguration.certificates(pem: Fixtures.bytes("evidence/c2pa/anchors.pem"))
    return TrustConfiguration(anchors: anchors ?? [], timeStampAnchors: anchors ?? [])
  }()

  static let all: [Sample] = {
    guard let table = try? Data(Fixtures.bytes("evidence/c2pa/expected.json")),
      let expected = try? JSONDecoder().decode([String: Expectation].self, from: table)
    else { return [] }
    return expected.keys.sorted().compactMap { name in
      guard let bytes = try? Fixtures.bytes("evidence/c2pa/samples/\(name)"), let expectation = expected[name]
      else {
        return nil
      }
      return Sample(name: name, bytes: bytes, expectation: expectation)
    }
  }()

  static func named(_ start: String) throws -> Sample {
    try #require(all.first { $0.name.hasPrefix(start) })
  }

  /// The store of the file, judged. A sidecar has no image.
  func store(trust: TrustConfiguration = Sample.trust, at instant: UTCTime = Sample.instant) -> ManifestStore?
  {
    let stores = StoreFinder.stores(in: bytes)
    guard stores.count == 1 else { return nil }
    let asset = stores[0].extent == nil ? [] : bytes
    return asset.withUnsafeBytes { ManifestStore(stores[0], asset: $0, at: instant, trust: trust) }
  }
}

/// An entry of `expected.json`.
struct Expectation: Decodable, Sendable {
  struct Expected: Decodable {
    let state: String
    let failuresAtLeast: [String]
    let from: String
  }

  struct Oracle: Decodable {
    let state: String?
    let failure: [String]?
    let informational: [String]?
    let success: [String]?
  }

  struct SourceType: Decodable {
    let action: String
    let value: String
    let list: String?
  }

  struct IngredientEntry: Decodable {
    let relationship: String?
  }

  struct Signature: Decodable {
    let alg: String
    let certificates: Int
    let subject: String
    let issuer: String
    let notBefore: String
    let notAfter: String
  }

  struct ManifestEntry: Decodable {
    let label: String
    let assertions: [String]
    let actions: [String]
    let digitalSourceTypes: [SourceType]
    let ingredients: [IngredientEntry]
    let signature: Signature?
  }

  let expected: Expected
  let oracle: Oracle
  let manifests: [ManifestEntry]
  let active: String?
}
