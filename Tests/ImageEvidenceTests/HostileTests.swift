import ImageEvidence
import Platform
import TestSupport
import Testing

/// Whatever the bytes are, there is a report.
@Suite struct HostileTests {
  private static let names = [
    "m02-a1111-usercomment.jpg", "m07-a1111-ztxt.png", "m19-novelai-exif.webp", "m37-extended-xmp.jpg",
    "m34-apple-cleanup.jpg", "m48-heic-exif-xmp.heic", "m49-avif-exif-xmp.avif", "m50-gif-xmp.gif",
    "m51-tiff-make-xmp.tif",
  ]

  @Test(arguments: names) func cutFilesAreRead(_ name: String) throws {
    let bytes = try Fixtures.bytes("evidence/\(name)")
    let reader = EvidenceReader()
    for count in stride(from: 0, to: bytes.count, by: 7) {
      _ = reader.read(imageBytes: Array(bytes.prefix(count)), at: Sample.instant)
    }
  }

  @Test(arguments: names) func changedFilesAreRead(_ name: String) throws {
    let bytes = try Fixtures.bytes("evidence/\(name)")
    let reader = EvidenceReader()
    for index in stride(from: 4, to: bytes.count, by: 5) {
      var changed = bytes
      changed[index] = ~changed[index]
      _ = reader.read(imageBytes: changed, at: Sample.instant)
    }
  }

  private func jpeg(xmp: String) -> [UInt8] {
    let content = Array("http://ns.adobe.com/xap/1.0/\0".utf8) + Array(xmp.utf8)
    let length = content.count + 2
    return [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + content + [0xFF, 0xD9]
  }

  @Test func deepElementsAreALimit() {
    let xmp = String(repeating: "<a>", count: 5_000) + String(repeating: "</a>", count: 5_000)
    let report = EvidenceReader().read(imageBytes: jpeg(xmp: xmp), at: Sample.instant)
    #expect(report.findings.map(\.kind) == [.limitExceeded])
  }

  @Test(arguments: ["<a>", "<a b=1/>", "<a>&b;</a>", "<b:a/>", "<a></b>", "<a>&#xD800;</a>", "", "<a <"])
  func malformedElementsAreAFinding(_ xmp: String) {
    #expect(
      EvidenceReader().read(imageBytes: jpeg(xmp: xmp), at: Sample.instant).findings.map(\.kind) == [.damaged]
    )
  }

  @Test func stringsOutOfFilesAreEscaped() throws {
    let xmp = """
      <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description \
      xmlns:d="http://purl.org/dc/terms/" d:provenance="https://a/&#x1B;[31m&#x202E;&#xA;b"/></r:RDF>
      """
    let report = EvidenceReader().read(imageBytes: jpeg(xmp: xmp), at: Sample.instant)
    let statement = try #require(report.statements.first)
    for scalar: Unicode.Scalar in ["\u{1B}", "\u{202E}", "\n"] {
      #expect(!statement.text.unicodeScalars.contains(scalar))
      #expect(report.remoteManifestURL?.unicodeScalars.contains(scalar) == true)
    }
  }

  @Test func aTextThatTheDefaultsReadIsALimitForLess() throws {
    var limits = EvidenceLimits()
    limits.textBytes = 20
    let report = EvidenceReader(limits: limits).read(
      imageBytes: try Fixtures.bytes("evidence/m01-a1111.png"), at: Sample.instant)
    #expect(report.generation == nil)
    #expect(report.findings.map(\.kind) == [.limitExceeded])
  }
}
