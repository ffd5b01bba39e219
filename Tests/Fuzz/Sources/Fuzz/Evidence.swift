import Platform

@testable import ImageDecoding
@testable import ImageEvidence

/// What the readers of evidence make of any bytes: nothing may trap, hang or take more memory than its limit.
enum EvidenceFuzzing {
  private static let limits: EvidenceLimits = {
    var limits = EvidenceLimits()
    (limits.textBytes, limits.allTextBytes, limits.xmpBytes) = (1 << 18, 1 << 20, 1 << 18)
    return limits
  }()

  private static let instant = UTCTime(secondsSince1970: 1_795_651_200)

  static func run(_ target: Target, _ bytes: UnsafeRawBufferPointer) {
    switch target {
    case .evidence:
      let report = EvidenceReader(limits: limits).read(imageBytes: bytes, at: instant)
      for statement in report.statements {
        precondition(statement.standing != .trustedCredential, "nobody is trusted, and a statement says so")
        precondition(isShowable(statement.text) && isShowable(statement.source), "a statement is not escaped")
      }
      precondition(report.manifestStore?.validationState != .trusted)
      for finding in report.findings { precondition(isShowable(finding.text) && isShowable(finding.place)) }
    case .store:
      let store = ManifestStore(
        EmbeddedStore(bytes: Array(bytes), extent: nil), asset: UnsafeRawBufferPointer(start: nil, count: 0),
        at: instant, trust: .none, limits: limits)
      precondition(store.validationState < .valid, "without an image, and valid")
    case .cbor:
      _ = try? CBORDecoder.decode(Array(bytes), limits: limits)
    case .cose:
      guard let message = try? COSESign1(Array(bytes)[...], limits: limits) else { return }
      _ = message.algorithm
    case .exif:
      guard let block = EXIFBlock(bytes, limits: limits) else { return }
      _ = CameraEvidence(block, width: 4, height: 3)
      _ = GeneratorReader(GeneratorReader.Input(exif: [(block, "EXIF")]), limits: limits).parameters
    case .xmp: _ = try? XMPPacket(Array(bytes), limits: limits)
    case .iptc: _ = IPTCRecords(bytes, limits: limits)
    case .generator:
      // The key and its text, as in a PNG.
      let parts = bytes.split(separator: 0, maxSplits: 1)
      guard parts.count == 2 else { return }
      let text = RawMetadata.Text(
        key: String(decoding: parts[0], as: UTF8.self), value: String(decoding: parts[1], as: UTF8.self),
        place: "PNG")
      _ =
        GeneratorReader(GeneratorReader.Input(texts: [text], trailer: Array(parts[1])), limits: limits)
        .parameters
      _ = AIGCLabel(text.value, place: "PNG", limits: limits)
    default: preconditionFailure("\(target) is not of evidence")
    }
  }

  /// No controls, no marks of direction, one line.
  private static func isShowable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      !(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        || (0x202A...0x202E).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value))
    }
  }
}
