import Foundation
import TestSupport
import Testing

@testable import ImageEvidence

struct RevocationTests {
  struct Table: Decodable {
    let certificates: [String: String]
    let answers: [String: String]
  }

  @Test func answersCountForTheCertificateAndTheTime() throws {
    let table = try JSONDecoder().decode(Table.self, from: Data(Fixtures.bytes("evidence/ocsp/answers.json")))
    func certificate(_ name: String) throws -> CertificateList {
      let der = try bytes(#require(table.certificates[name]))
      return try #require(CertificateList([der]))
    }
    let (leaf, root) = (try certificate("leaf"), try certificate("root"))
    func judge(
      _ name: String, _ time: String, anchors: CertificateList? = nil
    ) throws -> CertificateList.RevocationVerdict {
      let answer = try bytes(#require(table.answers[name]))
      return leaf.judge(revocation: answer, anchors ?? root, at: try #require(UTCTime(time))).0
    }
    let during = "2026-06-03T00:00:00Z", before = "2026-03-01T00:00:00Z", later = "2026-07-01T00:00:00Z"
    for name in ["good", "goodByResponder", "goodBySHA256", "removedFromList"] {
      #expect(try judge(name, during) == .good, "\(name)")
      // It says more about what was signed before.
      #expect(try judge(name, before) == .good, "\(name)")
      #expect(try judge(name, later) == .unusable, "\(name)")
    }
    // What is revoked stays so.
    for time in [before, during, later] { #expect(try judge("revoked", time) == .revoked) }
    #expect(try judge("unknown", during) == .unknown)
    for name in ["aboutAnother", "byAStranger", "byNoResponder", "revokedByAStranger", "refused"] {
      #expect(try judge(name, during) == .unusable, "\(name)")
    }
    #expect(try judge("good", during, anchors: CertificateList()) == .unusable)
    let good = try bytes(#require(table.answers["good"]))
    for count in stride(from: 0, to: good.count, by: 7) {
      let time = try #require(UTCTime(during))
      #expect(leaf.judge(revocation: Array(good[..<count]), root, at: time).0 == .unusable)
    }
  }

  @Test func base64IsReadStrictly() {
    #expect(Base64.decode("") == [])
    #expect(Base64.decode("Zm9vYmFy") == Array("foobar".utf8))
    #expect(Base64.decode("Zm9vYg==") == Array("foob".utf8))
    #expect(Base64.decode("Zm9v\r\nYmE=") == Array("fooba".utf8))
    for text in ["Z", "Zm9v=Zm9v", "Zm9_", "Zm9v!"] { #expect(Base64.decode(text) == nil, "\(text)") }
  }
}
