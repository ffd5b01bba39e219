import ImageEvidence
import TestSupport
import Testing

/// A manifest store in a file of its own, as c2pa-python wrote it beside an image.
@Suite struct SidecarTests {
  private func bytes(_ name: String) throws -> [UInt8] { try Fixtures.bytes("evidence/c2pa/\(name)") }

  private func reader() throws -> EvidenceReader {
    let anchors = try TrustConfiguration.certificates(pem: bytes("sidecar/anchors.pem"))
    return EvidenceReader(trust: TrustConfiguration(anchors: anchors))
  }

  @Test func itVouchesForItsImage() throws {
    let (image, store) = (try bytes("sidecar/image.jpg"), try bytes("sidecar/image.c2pa"))
    let report = try reader().read(imageBytes: image, sidecar: store, at: Sample.instant)
    #expect(report.manifestStore?.validationState == .trusted)
    #expect(report.statements.first?.claim == .generated)
    #expect(report.statements.first?.standing == .trustedCredential)
    #expect(report.findings.map(\.place) == ["sidecar"])
    #expect(try reader().read(imageBytes: image, at: Sample.instant).manifestStore == nil)
    let unknown = EvidenceReader().read(imageBytes: image, sidecar: store, at: Sample.instant)
    #expect(unknown.manifestStore?.validationState == .valid)
  }

  @Test func anotherImageDoesNotMatch() throws {
    let store = try bytes("sidecar/image.c2pa")
    var changed = try bytes("sidecar/image.jpg")
    changed[changed.count - 40] ^= 1
    // One byte less or more is another image too, and so is one of a kind whose metadata are not read.
    let bitmap = Array("BM".utf8) + [UInt8](repeating: 0, count: 60)
    for other in [changed, Array(changed.dropLast()), try bytes("sidecar/image.jpg") + [0], bitmap] {
      let found = try reader().read(imageBytes: other, sidecar: store, at: Sample.instant).manifestStore
      let codes = found?.validationResults.failure.map(\.code.rawValue) ?? []
      #expect(codes.contains("assertion.dataHash.mismatch"))
    }
  }

  @Test func theImagesOwnStoreCounts() throws {
    let image = try bytes("samples/c01-jpeg-es256-v2-ai.jpg")
    let report = try reader().read(
      imageBytes: image, sidecar: bytes("sidecar/image.c2pa"), at: Sample.instant)
    let own = try reader().read(imageBytes: image, at: Sample.instant)
    #expect(report.manifestStore?.activeManifest?.label == own.manifestStore?.activeManifest?.label)
  }

  @Test func whatIsTooLargeOrDamagedIsAFinding() throws {
    let (image, store) = (try bytes("sidecar/image.jpg"), try bytes("sidecar/image.c2pa"))
    var limits = EvidenceLimits()
    limits.storeBytes = store.count - 1
    let report = EvidenceReader(limits: limits).read(imageBytes: image, sidecar: store, at: Sample.instant)
    #expect(report.manifestStore == nil)
    #expect(report.findings.map(\.kind) == [.limitExceeded])
    for damaged in [[], Array(store.prefix(2_000)), Array("no store".utf8)] {
      let report = EvidenceReader().read(imageBytes: image, sidecar: damaged, at: Sample.instant)
      #expect(report.manifestStore?.validationState == .invalid)
    }
  }
}
