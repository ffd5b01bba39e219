import Foundation
import TestSupport
import Testing

@testable import ImageEvidence

struct COSETests {
  struct Vector: Decodable {
    let algorithm: String
    let certificate: String
    let protected: String
    let payload: String
    let toBeSigned: String
    let signature: String
  }

  static let vectors = Result {
    try JSONDecoder().decode([Vector].self, from: Data(Fixtures.bytes("evidence/cose/vectors.json")))
  }

  @Test func verifiesTheExamplesOfTheWorkingGroup() throws {
    let vectors = try Self.vectors.get()
    #expect(vectors.map(\.algorithm) == ["es256", "es384", "es512"])
    for vector in vectors {
      let (payload, protected) = (try bytes(vector.payload), try bytes(vector.protected))
      let signed = CBORWriter.signatureStructure("Signature1", protected: protected, payload: payload)
      #expect(signed == (try bytes(vector.toBeSigned)))
      let algorithm = try #require(SignatureAlgorithm(rawValue: vector.algorithm))
      let certificates = try #require(CertificateList([bytes(vector.certificate)]))
      let signature = try bytes(vector.signature)
      #expect(certificates.verify(algorithm, signed, signature) == .good)
      #expect(certificates.verify(algorithm, signed + [0], signature) == .bad)
      #expect(certificates.verify(algorithm, signed, Array(signature.dropLast())) == .bad)
      #expect(certificates.verify(algorithm, signed, signature + [0]) == .bad)
      #expect(certificates.verify(algorithm, signed, []) == .bad)
      #expect(certificates.verify(algorithm, signed, [UInt8](repeating: 0, count: signature.count)) == .bad)
      for other in SignatureAlgorithm.allCases where other != algorithm {
        let isCurve = other.rawValue.hasPrefix("es")
        #expect(certificates.verify(other, signed, signature) == (isCurve ? .bad : .otherKey), "\(other)")
      }
    }
  }

  /// A signature box whose headers and parts are given in hexadecimal CBOR.
  private func cose(
    _ protected: String, _ open: String = "a0", payload: String = "f6", signature: String = "40",
    tag: String = "d2"
  ) throws -> COSESign1 {
    let text =
      try bytes(tag) + [0x84] + CBORWriter.bytes(bytes(protected)) + bytes(open + payload + signature)
    return try COSESign1(text[...])
  }

  @Test func takesCertificatesFromEitherBucketAndEitherName() throws {
    // x5chain is {33: h'aa'} or {"x5chain": [h'aa', h'bb']}.
    let text = "677835636861696e"
    #expect(try cose("a201261821 41aa".spaceless).certificates == [[0xAA]])
    #expect(try cose("a10126", "a118218241aa41bb").certificates == [[0xAA], [0xBB]])
    #expect(try cose("a20126\(text)8241aa41bb").certificates == [[0xAA], [0xBB]])
    #expect(try cose("a10126", "a1\(text)41aa").certificates == [[0xAA]])
    // Of both names the number counts.
    #expect(try cose("a20126\(text)41aa", "a1182141bb").certificates == [[0xBB]])
    #expect(try cose("a20138ff182141aa").algorithm == nil)
  }

  @Test func refusesWhatTwoReadersMightReadInTwoWays() throws {
    let refused: [(String, () throws -> COSESign1)] = [
      ("no tag", { try cose("a20126182141aa", tag: "") }),
      ("another tag", { try cose("a20126182141aa", tag: "d8 62".spaceless) }),
      ("certificates in both buckets", { try cose("a20126182141aa", "a1182141aa") }),
      ("the algorithm in both buckets", { try cose("a20126182141aa", "a10126") }),
      ("no certificates", { try cose("a10126") }),
      ("an empty list of them", { try cose("a20126182180") }),
      ("a certificate that is no bytes", { try cose("a2012618218100") }),
      ("a header twice", { try cose("a301260126182141aa") }),
      ("critical headers", { try cose("a301260281182a182141aa") }),
      ("headers that are no map", { try cose("80") }),
      ("a payload that is no bytes", { try cose("a20126182141aa", payload: "6161") }),
      ("a signature that is no bytes", { try cose("a20126182141aa", signature: "6161") }),
      ("eleven certificates", { try cose("a2012618218b" + String(repeating: "41aa", count: 11)) }),
    ]
    for (why, make) in refused { #expect(throws: COSEError.self, "\(why)") { try make() } }
    let large = [UInt8](repeating: 0, count: EvidenceLimits.default.certificateBytes + 1)
    let header = [0xA2, 0x01, 0x26, 0x18, 0x21] + CBORWriter.bytes(large)
    let text = [0xD2, 0x84] + CBORWriter.bytes(header) + [0xA0, 0xF6, 0x40]
    #expect(throws: COSEError.self) { try COSESign1(text[...]) }
  }
}

extension String {
  fileprivate var spaceless: String { replacing(" ", with: "") }
}
