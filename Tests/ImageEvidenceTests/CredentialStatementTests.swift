import ImageEvidence
import TestSupport
import Testing

/// What follows from credentials, by section 19 of the reference: whose word it is, and what it weighs.
@Suite struct CredentialStatementTests {
  private typealias Claim = OriginStatement.Claim
  private typealias Strength = OriginStatement.Strength

  private func report(_ name: String, trust: TrustConfiguration = Sample.trust) throws -> EvidenceReport {
    EvidenceReader(trust: trust).read(imageBytes: try Sample.named(name).bytes, at: Sample.instant)
  }

  private func summary(_ report: EvidenceReport) -> [String] {
    report.statements.map { "\($0.claim) \($0.standing) \($0.strength) \($0.direction)" }
  }

  @Test(arguments: [
    ("c01", ["generated trustedCredential conclusive againstInterest"]),
    ("c02", ["captured trustedCredential strong inInterest"]),
    ("c03", ["partlyGenerated trustedCredential strong againstInterest"]),
    ("c04", ["otherwiseMade trustedCredential strong neutral"]),
    // Made by an algorithm that was not trained.
    ("c06", ["otherwiseMade trustedCredential strong neutral"]),
    ("c07", ["captured trustedCredential strong inInterest"]),
    // An earlier version was generated; the later one adds parts of unknown kind.
    (
      "c15",
      [
        "generated trustedCredential strong againstInterest",
        "mayContainGenerated trustedCredential moderate againstInterest",
      ]
    ),
    (
      "c16",
      [
        "partlyGenerated trustedCredential strong againstInterest",
        "otherwiseMade trustedCredential strong neutral",
      ]
    ),
    // A photograph was a model's input: the result is no photograph.
    ("c17", ["generated trustedCredential conclusive againstInterest"]),
    // Passed on, not vouched for.
    ("c18", ["generated trustedCredential strong againstInterest"]),
    ("c25", ["generated validCredential strong againstInterest"]),
    ("f05", ["generated unsigned none againstInterest"]),
    // Its certificate was not valid yet, and the bytes are those that were signed.
    ("f08", ["generated unsigned moderate againstInterest"]),
    ("f33", ["captured unsigned none inInterest"]),
    ("f46", ["generated unsigned none againstInterest"]),
  ])
  func isWeighed(_ item: (name: String, statements: [String])) throws {
    #expect(summary(try report(item.name)) == item.statements)
  }

  /// The digests of altered assertions do not agree: they are nobody's statement.
  @Test func alteredAssertionsSayNothing() throws {
    #expect(try report("f03").statements.isEmpty)
    #expect(try report("f06").statements.isEmpty)
  }

  @Test func withoutAnchorsNobodyIsNamedAsCertified() throws {
    let report = try report("c01", trust: .none)
    #expect(summary(report) == ["generated validCredential strong againstInterest"])
    #expect(
      report.statements[0].text.hasPrefix(
        "A signer whom nobody here vouches for, calling itself \"AIGuard Test\""))
    #expect(report.manifestStore?.validationState == .valid)
  }

  @Test func trustedSignersAreNamedWithWhoCertifiedThem() throws {
    let text = try report("c01").statements[0].text
    #expect(text.hasPrefix("AIGuard Test (certified by AIGuard Test) states that of the image: c2pa.created"))
    #expect(text.hasSuffix("trainedAlgorithmicMedia."))
  }

  @Test(arguments: [
    ("f46", "every re-save does that"), ("f33", "every re-save does that"), ("f05", "it was altered"),
    ("f08", "expired or was not valid yet"),
  ])
  func brokenCredentialsAreNoForgery(_ item: (name: String, words: String)) throws {
    let findings = try report(item.name).findings.filter { $0.place == "C2PA" }
    #expect(
      findings.contains { $0.text.contains("The credential is not valid") && $0.text.contains(item.words) })
  }

  @Test func ofTwoStoresNoneCounts() throws {
    let report = try report("f18")
    #expect(report.manifestStore == nil)
    #expect(report.statements.isEmpty)
    #expect(report.findings.map(\.kind) == [.contradiction])
  }

  @Test func namesInCredentialsAreEscaped() throws {
    for statement in try report("c19").statements {
      #expect(
        statement.text.unicodeScalars.allSatisfy {
          $0.value >= 0x20 && $0.properties.generalCategory != .format
        })
    }
  }
}
