import Foundation
import ImageDecoding
import TestSupport

/// `Fixtures/raster-variants/cases.json`.
package struct ImageVariants: Decodable {
  package struct Case: Decodable {
    /// In base64. (Not as `Data`: one that lives as long as the process counts as leaked.)
    private let file: String
    package let error: String?
    package let mode: String?
    package let width: Int?
    package let height: Int?
    package let rgb: String?
    /// Whether the system's codec is too old for it.
    package let olderCodec: Bool?

    package var bytes: [UInt8] { Data(base64Encoded: file).map { Array($0) } ?? [] }
  }
  package let files: [String: Case]

  package static let shared = Result {
    try JSONDecoder().decode(ImageVariants.self, from: Data(Fixtures.bytes("raster-variants/cases.json")))
  }

  package static let names = ((try? shared.get().files.keys.sorted()) ?? []).filter { name in
    guard let file = try? shared.get().files[name]?.bytes,
      let format = file.withUnsafeBytes({ ImageFormat(signatureOf: $0) })
    else { return true }
    return !format.isSupported || ImageDecoder.codecVersions.contains { $0.format == format }
  }
}
