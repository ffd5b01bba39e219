import ImageDecoding
import Testing

@Suite("Errors say what was wrong")
struct ImageErrorTests {
  @Test func descriptionsAndKinds() {
    let expected: [(ImageError, kind: String, status: Int, text: String)] = [
      (.empty, "not-an-image", 400, "the file is empty"),
      (.notAnImage, "not-an-image", 400, "not an image: the first bytes belong to no known image format"),
      (
        .notBuiltIn(.webp), "not-built-in", 415,
        "this build does not decode WEBP images: the package trait for them is off"
      ),
      (
        .unsupportedFormat(.psd), "unsupported-format", 415,
        "PSD images are not supported; convert the image to JPEG, PNG or WebP"
      ),
      (
        .unsupportedVariant(format: .jpeg, detail: "12 bits a sample"), "unsupported-variant", 415,
        "this variant of JPEG is not supported: 12 bits a sample"
      ),
      (
        .truncated(format: .png, detail: "the image data is incomplete"), "truncated", 400,
        "the PNG file is cut short: the image data is incomplete"
      ),
      (.corrupt(format: .jpeg, detail: "x"), "corrupt", 400, "the JPEG file is damaged: x"),
      (
        .limitExceeded(limit: "pixels", declared: 9, allowed: 4), "limit-exceeded", 413,
        "the image exceeds the limit pixels: 9 declared, 4 allowed"
      ),
      (.outOfMemory(bytes: 3), "out-of-memory", 503, "no memory for 3 bytes of image"),
    ]
    for (error, kind, status, text) in expected {
      #expect(error.kind == kind)
      #expect(error.httpStatus == status)
      #expect(error.description == text)
      #expect("\(error)" == text)
    }
  }
}
