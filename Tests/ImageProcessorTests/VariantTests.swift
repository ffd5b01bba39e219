import Foundation
import TestSupport
import Testing

@testable import ImageProcessor

/// `Fixtures/raster-variants/cases.json`.
private struct Variants: Decodable {
  struct Case: Decodable {
    /// In base64. (Not as `Data`: one that lives as long as the process counts as leaked.)
    private let file: String
    let error: String?
    let mode: String?
    let width: Int?
    let height: Int?
    let rgb: String?
    /// Whether the system's codec is too old for it.
    let olderCodec: Bool?

    var bytes: [UInt8] { Data(base64Encoded: file).map { Array($0) } ?? [] }
  }
  let files: [String: Case]

  static let shared = Result {
    try JSONDecoder().decode(Variants.self, from: Data(Fixtures.bytes("raster-variants/cases.json")))
  }

  static let names = ((try? shared.get().files.keys.sorted()) ?? []).filter { name in
    guard let file = try? shared.get().files[name]?.bytes,
      let format = file.withUnsafeBytes({ ImageFormat(signatureOf: $0) })
    else { return true }
    return !format.isSupported || ImageDecoder.codecVersions.contains { $0.format == format }
  }
}

@Suite("Odd headers have the reference's verdict and pixels")
struct VariantTests {
  @Test func casesAreThere() throws {
    let files = try Variants.shared.get().files
    #expect(files.count > 300)
    #expect(files.values.allSatisfy { !$0.bytes.isEmpty })
  }

  @Test(arguments: Variants.names)
  func sameAsPillow(name: String) throws {
    let expected = try #require(try Variants.shared.get().files[name])
    let result = Result { () throws(ImageError) in try ImageDecoder.decode(expected.bytes) }
    switch result {
    case .success(let decoded):
      #expect(expected.error == nil, "an image of \(decoded.mode), where the reference has none")
      #expect(decoded.mode == expected.mode)
      #expect(decoded.image.width == expected.width)
      #expect(decoded.image.height == expected.height)
      #expect(try decoded.image.sha256Hex == expected.rgb)
    case .failure(let error):
      #expect(expected.error != nil || expected.olderCodec == true, "\(error)")
      if name.hasPrefix("lossless") { #expect(error.kind == "unsupported-variant", "\(error)") }
    }
  }

  @Test("rows that are resized as they come are those of the whole image", arguments: Variants.names)
  func streamed(name: String) throws {
    let file = try #require(try Variants.shared.get().files[name]).bytes
    let processor = try ViTImageProcessor(config: ImageProcessorConfig())
    guard let whole = try? ImageDecoder.decode(file) else {
      #expect(throws: (any Error).self) {
        try file.withUnsafeBytes { try processor.preprocess(imageBytes: $0) }
      }
      return
    }
    let values = try file.withUnsafeBytes { try processor.preprocess(imageBytes: $0) }
    let again = try processor.preprocess(whole.image)
    #expect(try values.elements == again.elements)
  }
}
