import Foundation
import Testing

@testable import ImageEvidence

struct UTCTimeTests {
  @Test func agreesWithFoundation() throws {
    let formatter = ISO8601DateFormatter()
    for seconds in stride(from: Int64(-2_208_988_800), through: 7_258_118_400, by: 86_400 * 31 + 3_661) {
      let time = UTCTime(secondsSince1970: seconds)
      #expect(time.description == formatter.string(from: Date(timeIntervalSince1970: Double(seconds))))
      #expect(UTCTime(time.description) == time)
    }
  }

  @Test func readsWhatRFC3339Allows() {
    let time = UTCTime(secondsSince1970: 1_795_651_200)
    for text in [
      "2026-11-26T00:00:00Z", "2026-11-26t00:00:00z", "2026-11-26 00:00:00Z", "2026-11-26T00:00:00.25Z",
      "2026-11-26T01:00:00+01:00", "2026-11-25T18:30:00-05:30",
    ] { #expect(UTCTime(text) == time, "\(text)") }
    for text in [
      "", "2026-11-26", "2026-11-26T00:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
      "2026-11-31T00:00:00Z", "2026-11-26T24:00:00Z", "2026-11-26T00:60:00Z", "2026-11-26T00:00:00.Z",
      "2026-11-26T00:00:00Zx", "+2026-11-26T00:00:00Z", "2026-11-26T00:00:00+0100",
    ] { #expect(UTCTime(text) == nil, "\(text)") }
    #expect(UTCTime(secondsSince1970: .max).description.hasSuffix("Z"))
    #expect(UTCTime(secondsSince1970: .min).description.hasSuffix("Z"))
  }

  @Test func certificatesAreReadOutOfPEM() throws {
    #expect(throws: TrustConfigurationError.self) { try TrustConfiguration.certificates(pem: "".utf8) }
    #expect(throws: TrustConfigurationError.self) {
      try TrustConfiguration.certificates(
        pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".utf8)
    }
  }
}
