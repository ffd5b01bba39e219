import Foundation

extension FixtureModel {
  /// What the reference says of the full-size model (`Fixtures/vit-base/manifest.json`; the logits are in
  /// `golden.safetensors` beside it, a row an input).
  package struct Golden: Decodable, Sendable {
    package let torchFloat32: TorchErrors
    package let tensors: [String: Checksum]
    package let inputs: [Input]

    enum CodingKeys: String, CodingKey {
      case tensors, inputs
      case torchFloat32 = "torch_float32"
    }
  }

  /// How far PyTorch's float32 is from float64 over the inputs.
  package struct TorchErrors: Decodable, Sendable {
    package let meanLogitError: Double
    package let largestLogitError: Double
    /// Of the class token after the final layer norm.
    package let meanClassTokenError: Double
    package let largestClassTokenError: Double

    enum CodingKeys: String, CodingKey {
      case meanLogitError = "mean_logit_error"
      case largestLogitError = "largest_logit_error"
      case meanClassTokenError = "mean_cls_error"
      case largestClassTokenError = "largest_cls_error"
    }
  }

  /// Hashes of a generated tensor's little-endian bytes.
  package struct Checksum: Decodable, Sendable {
    package let sha256: String
    package let fnv1a64: String
  }

  /// One input of the model: an image file, or a formula.
  package struct Input: Decodable, Sendable, CustomStringConvertible {
    package let name: String
    /// The image, relative to `Fixtures/`.
    package let file: String?
    /// SHA-256 of the float32 pixel values of the image as the reference's PIL back end prepares it.
    package let pixelValuesSHA256: String?
    let generated: String?
    let ramp: Bool?
    let constant: Float?

    package var description: String { name }

    /// The pixel values [3, 224, 224] of an input that is a formula; nil for an image file.
    package func pixelValues() -> [Float]? {
      if let generated {
        return FixtureModel.weights(generated, count: 3 * 224 * 224, multiplier: 14189)
      }
      if ramp == true {
        return (0..<3 * 224 * 224).map { index in
          let (c, y, x) = (index / (224 * 224), index / 224 % 224, index % 224)
          return (Float((3 * x + 5 * y + 40 * c) % 256) - 127.5) / 127.5
        }
      }
      return constant.map { [Float](repeating: $0, count: 3 * 224 * 224) }
    }
  }

  /// Reads `Fixtures/vit-base/manifest.json`.
  package static func golden() throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: Data(contentsOf: Fixtures.url("vit-base/manifest.json")))
  }
}
