import ImageDecoding
import TestSupport
import Testing

@testable import ImageEvidence

/// Texts in the lowest bits of pixels; what they say is `SampleTests`' to check.
@Suite struct HiddenTextTests {
  private static let samples = [
    "m20-novelai-stealth-alpha.png", "m21-a1111-stealth-rgb.png", "m55-novelai-stealth-alpha.webp",
    "m56-a1111-stealth-rgb.webp",
  ]

  private func bytes(_ name: String) throws -> [UInt8] { try Fixtures.bytes("evidence/\(name)") }

  private func hidden(_ bytes: [UInt8], limits: EvidenceLimits = .default) throws -> HiddenTexts {
    let format = try #require(bytes.withUnsafeBytes { ImageFormat(signatureOf: $0) })
    return bytes.withUnsafeBytes { HiddenTexts($0, format: format, limits: limits) }
  }

  @Test(arguments: samples) func pixelsAreReadWhereThatIsAskedFor(_ name: String) throws {
    let bytes = try bytes(name)
    let (without, with) = (EvidenceReader(), EvidenceReader(readsHiddenTexts: true))
    #expect(without.read(imageBytes: bytes, at: Sample.instant).generation == nil)
    let report = with.read(imageBytes: bytes, at: Sample.instant)
    #expect(report.generation?.place.contains("lowest bits of") == true)
    #expect(report.statements.first?.claim == .generated)
    #expect(report.statements.first?.standing == .unsigned)
  }

  @Test(arguments: samples) func whatIsTooLargeIsAFinding(_ name: String) throws {
    var limits = EvidenceLimits.default
    limits.textBytes = 10
    let found = try hidden(bytes(name), limits: limits)
    #expect(found.texts.isEmpty)
    #expect(found.problem?.kind == .limitExceeded)
  }

  /// Photographs, images with alpha, and a file that cannot be decoded.
  @Test(arguments: ["photos/chelsea.jpg", "evidence/m01-a1111.png", "evidence/m03-a1111-be-in-le.webp"])
  func nothingIsFoundWhereNothingIs(_ name: String) throws {
    let found = try hidden(Fixtures.bytes(name))
    #expect(found.texts.isEmpty && found.problem == nil)
  }

  @Test func pixelsThatCannotBeDecodedAreAFinding() throws {
    let whole = try bytes("m20-novelai-stealth-alpha.png")
    #expect(try hidden(Array(whole.prefix(1_000))).problem?.kind == .notRead)
  }

  /// By Python's `gzip.compress(b"a red cube", mtime=0)`, and the same with a name in its header.
  @Test func membersOfGzip() throws {
    let plain: [UInt8] = [
      0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0x4B, 0x54, 0x28, 0x4A, 0x4D, 0x51, 0x48, 0x2E, 0x4D, 0x4A,
      0x05, 0,
    ]
    let end: [UInt8] = [0xD8, 0x7C, 0xBB, 0x2B, 0x0A, 0, 0, 0]
    let data = Array("a red cube".utf8)
    #expect(GzipMember(plain + end)?.inflated(limit: 10) == data)
    #expect(GzipMember(plain + end)?.inflated(limit: 9) == nil)
    var named = plain
    named[3] = 8
    named.insert(contentsOf: Array("prompt.txt\0".utf8), at: 10)
    #expect(GzipMember(named + end)?.inflated(limit: 10) == data)
    var damaged = plain + end
    damaged[22] ^= 1
    #expect(GzipMember(damaged)?.inflated(limit: 10) == nil)
    #expect(GzipMember(Array((plain + end).prefix(17))) == nil)
    for count in 0..<(plain + end).count {
      #expect(GzipMember(Array((plain + end).prefix(count)))?.inflated(limit: 10) == nil)
    }
    // A name, or a further field, that the file's end cuts.
    for flag: UInt8 in [4, 8, 16, 2, 0xE0] {
      var cut = [UInt8](repeating: 0xFF, count: 18)
      cut.replaceSubrange(0..<4, with: [0x1F, 0x8B, 8, flag])
      #expect(GzipMember(cut)?.inflated(limit: 10) == nil)
    }
  }
}
