import Foundation
import ImageDecoding
import TestSupport

/// `Fixtures/images/expected.json`.
package struct ImageGoldens: Decodable {
  package struct File: Decodable {
    package let format: String?
    package let mode: String?
    package let width: Int?
    package let height: Int?
    package let rgb: String?
    package let upright: String?
    package let resized: [String: String]?
    package let pixelValues: String?
    package let error: String?
    package let cuts: [String]
  }
  package let files: [String: File]

  package static let shared = Result {
    try JSONDecoder().decode(ImageGoldens.self, from: Data(Fixtures.bytes("images/expected.json")))
  }

  /// Lacks the scans with its fine detail, which libjpeg-turbo 2 and 3 smooth away differently.
  package static let smoothedDifferently = "jpeg_prog_dconly.jpg"

  /// The file names, for parameterised tests. Empty when the goldens cannot be read, which one test checks.
  package static let names = ((try? shared.get().files.keys.sorted()) ?? []).filter { isBuiltIn($0) }

  /// Whether this build decodes the file, or the file is refused whatever is built in.
  private static func isBuiltIn(_ name: String) -> Bool {
    guard let bytes = try? Fixtures.bytes("images/\(name)"),
      let format = bytes.withUnsafeBytes({ ImageFormat(signatureOf: $0) })
    else { return true }
    return !format.isSupported || ImageDecoder.codecVersions.contains { $0.format == format }
  }
}
