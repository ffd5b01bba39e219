internal import ImageDecoding
internal import JSONText

/// Texts that tools hide in the lowest bits of pixels, where they outlive what strips metadata: NovelAI's in alpha, those of
/// the web UI's plug-ins in alpha or in the colours.
///
/// The bits go down the columns from left to right, of a pixel's colours red first. In front stand fifteen letters that name
/// the form and 32 bits that count those that follow.
struct HiddenTexts {
  private(set) var texts: [RawMetadata.Text] = []
  private(set) var problem: EvidenceFinding?
  private let limits: EvidenceLimits

  /// Decodes the image and looks for such a text.
  init(_ imageBytes: UnsafeRawBufferPointer, format: ImageFormat, limits: EvidenceLimits) {
    self.limits = limits
    do {
      if let alpha = try ImageDecoder.alphaPlane(of: imageBytes, limits: .default) {
        read(Bits(alpha, channels: 1), "stealth_png", "\(format.rawValue), lowest bits of alpha")
      }
      if texts.isEmpty, problem == nil {
        let image = try ImageDecoder.decode(imageBytes).image
        read(Bits(image, channels: 3), "stealth_rgb", "\(format.rawValue), lowest bits of colours")
      }
    } catch {
      problem = EvidenceFinding(.notRead, at: format.rawValue, "Its pixels could not be decoded: \(error)")
    }
  }

  private mutating func read(_ bits: Bits, _ magic: String, _ place: String) {
    guard let start = bits.bytes(at: 0, count: 19),
      let form = ["info", "comp"].first(where: { start.starts(with: (magic + $0).utf8) })
    else { return }
    let bitCount = start[15...].reduce(0) { $0 << 8 | Int($1) }
    guard bitCount <= 8 * limits.textBytes else {
      problem = EvidenceFinding(.limitExceeded, at: place, "A text of \(bitCount / 8) bytes was not read.")
      return
    }
    guard form == "info" || Deflate.isBuiltIn else {
      problem = EvidenceFinding(
        .notRead, at: place, "A compressed text needs the trait PNG, and was not read.")
      return
    }
    guard bitCount % 8 == 0, let payload = bits.bytes(at: 152, count: bitCount / 8),
      let plain = form == "info" ? payload : GzipMember(payload)?.inflated(limit: limits.textBytes),
      let text = String(validating: plain, as: UTF8.self)
    else {
      problem = EvidenceFinding(.damaged, at: place, "A hidden text is cut or damaged.")
      return
    }
    // An object holds what else would be chunks of a PNG file.
    texts = (GeneratorReader.object(text, limits: limits)?.members ?? []).compactMap { member in
      member.value.stringValue.map { RawMetadata.Text(key: member.key, value: $0, place: place) }
    }
    if texts.isEmpty { texts = [RawMetadata.Text(key: "parameters", value: text, place: place)] }
  }

  /// The lowest bits of an image's samples.
  private struct Bits {
    let image: RGBImage
    /// How many of a pixel's three bytes have a bit.
    let channels: Int

    init(_ image: RGBImage, channels: Int) { (self.image, self.channels) = (image, channels) }

    /// `count` bytes from bit `start` on, the highest bit first; nil where there are not so many.
    func bytes(at start: Int, count: Int) -> [UInt8]? {
      let (width, height) = (image.width, image.height)
      guard start + 8 * count <= width * height * channels else { return nil }
      return image.withUnsafeBytes { samples in
        (0..<count).map { index in
          (0..<8).reduce(UInt8(0)) { byte, bit in
            let (pixel, channel) = (start + 8 * index + bit).quotientAndRemainder(dividingBy: channels)
            let (x, y) = pixel.quotientAndRemainder(dividingBy: height)
            return byte << 1 | samples[3 * (y * width + x) + channel] & 1
          }
        }
      }
    }
  }
}
