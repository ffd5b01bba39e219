import ImageDecoding

@testable import ImageEvidence

/// The stores of a sample as the reader finds them, also where there are several. A sidecar is one itself.
enum StoreFinder {
  static func stores(in bytes: [UInt8]) -> [EmbeddedStore] {
    bytes.withUnsafeBytes { file in
      guard let format = ImageFormat(signatureOf: file),
        let parts = FileParts(file, format: format, mostParts: EvidenceLimits.default.containerParts)
      else { return [EmbeddedStore(bytes: bytes, extent: nil)] }
      return RawMetadata(parts, of: parts.format, limits: .default).stores
    }
  }
}
