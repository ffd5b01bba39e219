import CFuzzer
import Foundation

@testable import ImageProcessor

/// What one process fuzzes: a decoder, the parser of boxes, or the reader of EXIF blocks and XMP packets.
enum Target: String, CaseIterable {
  case jpeg, png, gif, webp, bmp, tiff, avif, heif, boxes, exif

  /// From the environment variable `AIGUARD_FUZZ`.
  static let current: Target = {
    let name = ProcessInfo.processInfo.environment["AIGUARD_FUZZ"] ?? ""
    guard let target = Target(rawValue: name) else {
      fatalError("AIGUARD_FUZZ must be one of \(allCases.map(\.rawValue))")
    }
    return target
  }()

  var format: ImageFormat? {
    switch self {
    case .jpeg: .jpeg
    case .png: .png
    case .gif: .gif
    case .webp: .webp
    case .bmp: .bmp
    case .tiff: .tiff
    case .avif: .avif
    case .heif: .heif
    case .boxes, .exif: nil
    }
  }
}

/// Small enough for thousands of runs a second, large enough for every path.
private let limits = DecodeLimits(
  encodedBytes: 1 << 20, pixels: 1 << 16, metadataBytes: 1 << 20, intermediateBytes: 1 << 25, scans: 20,
  frames: 50)

/// One input of the fuzzer; -1 keeps it out of the corpus.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  switch Target.current {
  case .boxes:
    if let metadata = try? HEIFMetadata(bytes, limits: limits) {
      for item in metadata.types.keys.prefix(100) {
        _ = try? HEIFGeometry(width: 100, height: 80, properties: metadata.properties(of: item))
        _ = HEVCConfiguration(metadata.property("hvcC", of: item))
        _ = HEIFColor(metadata, item: item)
        if let data = try? metadata.data(of: item) {
          _ = try? HEIFGrid(Array(data.joined()), tiles: metadata.derivations[item] ?? [])
        }
      }
    }
  case .exif:
    let half = count / 2
    _ = OrientationMetadata(exif: Array(bytes.prefix(half)), xmp: Array(bytes.dropFirst(half))).orientation
    _ = OrientationMetadata(exif: Array(bytes), xmp: nil).orientation
    _ = OrientationMetadata(exif: nil, xmp: Array(bytes)).orientation
  default:
    guard ImageFormat(signatureOf: bytes) == Target.current.format else { return -1 }
    if let decoded = try? ImageDecoder.decode(bytes, limits: limits) {
      // Every pixel is read, so that memory that was never written to shows.
      let sum = decoded.image.withUnsafeBytes { $0.reduce(0) { $0 &+ Int($1) } }
      precondition(sum >= 0 && decoded.image.width * decoded.image.height <= limits.pixels)
      _ = try? ImageDecoder.decode(bytes, limits: limits, alpha: .compositedOnWhite)
      // What decodes is resized while it is decoded too.
      var config = ImageProcessorConfig()
      config.size = .exact(height: 7, width: 5)
      if let processor = try? ViTImageProcessor(config: config) {
        for policy in InputPolicy.allCases {
          do {
            let streamed = try processor.preprocess(imageBytes: bytes, policy: policy, limits: limits)
            let whole = try processor.preprocess(decoded.image(for: policy), limits: limits)
            // What libde265 makes of some damaged streams depends on memory that it has not written to.
            precondition(
              Target.current == .heif || streamed.elements == whole.elements,
              "resizing while decoding gives something else")
          } catch {
            preconditionFailure("decoded, but not preprocessed: \(error)")
          }
        }
      }
    }
  }
  return 0
}

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(LLVMFuzzerRunDriver(&count, &arguments, fuzz))
