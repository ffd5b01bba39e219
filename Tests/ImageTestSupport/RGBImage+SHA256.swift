import ImageDecoding
import Platform

extension RGBImage {
  package var sha256Hex: String { get throws { try withUnsafeBytes { try SHA256.hexadecimal(of: $0) } } }
}
