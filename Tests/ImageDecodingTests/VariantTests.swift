import ImageTestSupport
import Testing

@testable import ImageDecoding

@Suite("Odd headers have the reference's verdict and pixels")
struct VariantTests {
  @Test func casesAreThere() throws {
    let files = try ImageVariants.shared.get().files
    #expect(files.count > 300)
    #expect(files.values.allSatisfy { !$0.bytes.isEmpty })
  }

  @Test(arguments: ImageVariants.names)
  func sameAsPillow(name: String) throws {
    let expected = try #require(try ImageVariants.shared.get().files[name])
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
}
