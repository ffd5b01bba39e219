internal import ImageDecoding
internal import Platform

/// Reads what a file itself says of its origin. It needs no network, no clock and no model, and decodes pixels only where
/// NovelAI's signature stands, which is over them, and where texts hidden in them are asked for.
///
/// Whatever the bytes are, the result is a report: damaged metadata are a finding in it. Read are EXIF, XMP, IPTC-IIM and
/// texts of JPEG, PNG, WebP, GIF, TIFF, HEIC and AVIF files and of boxed JPEG XL, and the C2PA manifest store that such a
/// file holds. Not read are boxes that Brotli compresses, SVG, and further images in a file.
public struct EvidenceReader: Sendable {
  /// Who vouches for signers.
  public let trust: TrustConfiguration
  /// What reading may cost.
  public let limits: EvidenceLimits
  /// Whether PNG and WebP files are decoded, up to twice, to look for texts that tools hide in the lowest bits of pixels.
  public let readsHiddenTexts: Bool

  /// Makes a reader.
  public init(
    trust: TrustConfiguration = .none, limits: EvidenceLimits = .default, readsHiddenTexts: Bool = false
  ) {
    self.trust = trust
    self.limits = limits
    self.readsHiddenTexts = readsHiddenTexts
  }

  /// What the file says that consists of these bytes.
  ///
  /// - Parameters:
  ///   - imageBytes: The whole file.
  ///   - sidecar: The file `.c2pa` that stands beside it: a manifest store, which counts where the image holds none.
  ///   - instant: The time for which certificates are judged where no trusted time-stamp says when they signed.
  public func read(
    imageBytes: [UInt8], sidecar: [UInt8]? = nil, at instant: UTCTime
  ) -> EvidenceReport {
    imageBytes.withUnsafeBytes { read(imageBytes: $0, sidecar: sidecar, at: instant) }
  }

  /// What the file says that consists of these bytes; as `read(imageBytes:sidecar:at:)`. The bytes are only read during the
  /// call.
  public func read(
    imageBytes: UnsafeRawBufferPointer, sidecar: [UInt8]? = nil, at instant: UTCTime
  ) -> EvidenceReport {
    let format = ImageFormat(signatureOf: imageBytes)
    var raw = RawMetadata(
      format.flatMap { FileParts(imageBytes, format: $0, mostParts: limits.containerParts) },
      of: format, limits: limits)
    if readsHiddenTexts, let format, format == .png || format == .webp {
      let hidden = HiddenTexts(imageBytes, format: format, limits: limits)
      raw.texts += hidden.texts
      if let problem = hidden.problem { raw.note(problem) }
    }
    if raw.stores.isEmpty, let sidecar {
      raw.addStore(EmbeddedStore(bytes: sidecar, extent: nil), at: "sidecar")
      if !raw.stores.isEmpty {
        raw.note(.note, "sidecar", "The C2PA manifest store is of a file beside the image.")
      }
    }
    let input = parse(&raw, imageBytes, format)
    let generator = GeneratorReader(input, limits: limits)
    let generation = generator.parameters
    // The header of some formats takes a codec: only where something is to be compared with it.
    var header: ImageHeader?
    if generation?.width != nil || !input.exif.isEmpty {
      header = try? ImageDecoder.reader(of: imageBytes, limits: .default).header
    }
    var report = EvidenceReport(
      container: format?.rawValue, width: header?.width, height: header?.height, validationTime: instant)
    report.generation = generation
    if generation?.tool == .novelAI, let comment = generator.signedComment {
      switch NovelAISignature.check(comment, imageBytes) {
      case .good: report.hasGeneratorsSignature = true
      case .bad:
        raw.note(
          .note, "NovelAI", "The signature does not hold: pixels or text were changed, or another key signed."
        )
      case .notChecked(let reason): raw.note(.notRead, "NovelAI", "The signature was not checked: \(reason).")
      }
    }
    report.camera =
      input.exif.map { CameraEvidence($0.block, width: header?.width, height: header?.height) }
      .max { $0.grade < $1.grade } ?? CameraEvidence()
    report.contentLabel = label(input)
    for (packet, _) in input.xmp {
      for name in ["DigitalSourceType", "DigitalSourcefileType"] {
        for value in packet.all(XMPPacket.Namespace.iptc, name) {
          if let type = DigitalSourceType(value) {
            report.digitalSourceTypes.append(type)
          } else {
            raw.note(.note, "XMP", "The digital source type \"\(value)\" is not in the vocabulary.")
          }
        }
      }
      report.remoteManifestURL =
        report.remoteManifestURL ?? packet[XMPPacket.Namespace.terms, "provenance"]
    }
    if raw.stores.count == 1 {
      report.manifestStore = ManifestStore(
        raw.stores[0], asset: imageBytes, at: instant, trust: trust, limits: limits)
    }
    report.findings = raw.findings
    report.conclude()
    return report
  }

  /// Parses what the container holds.
  private func parse(
    _ raw: inout RawMetadata, _ bytes: UnsafeRawBufferPointer, _ format: ImageFormat?
  ) -> GeneratorReader.Input {
    var input = GeneratorReader.Input(texts: raw.texts, trailer: raw.trailer)
    if format == .tiff, let block = EXIFBlock(bytes, limits: limits) { input.exif.append((block, "TIFF")) }
    for block in raw.exif {
      if let parsed = block.bytes.withUnsafeBytes({ EXIFBlock($0, limits: limits) }) {
        input.exif.append((parsed, block.place))
      } else {
        raw.note(.damaged, block.place, "The block of EXIF is no TIFF structure.")
      }
    }
    var names: [String] = []
    for block in raw.xmp { addPacket(block.bytes, at: block.place, &input, &raw, &names) }
    for name in names {
      guard let whole = raw.extensions[name] else { continue }
      if let bytes = whole.bytes {
        var none: [String] = []
        addPacket(bytes, at: "JPEG APP1, extended", &input, &raw, &none)
      } else {
        raw.note(.damaged, "JPEG APP1", "Pieces of extended XMP are missing.")
      }
    }
    for block in raw.iptc {
      let records = block.bytes.withUnsafeBytes { IPTCRecords($0, limits: limits) }
      if records.isDamaged { raw.note(.damaged, block.place, "A record of IPTC-IIM is incomplete.") }
      input.iptc.append((records, block.place))
    }
    return input
  }

  /// - Parameter names: Of extended packets that a main packet asks for.
  private func addPacket(
    _ bytes: [UInt8], at place: String, _ input: inout GeneratorReader.Input, _ raw: inout RawMetadata,
    _ names: inout [String]
  ) {
    do throws(XMLReader.Problem) {
      let packet = try XMPPacket(bytes, limits: limits)
      names += packet.all(XMPPacket.Namespace.note, "HasExtendedXMP")
      input.xmp.append((packet, place))
    } catch {
      switch error {
      case .malformed(let byte): raw.note(.damaged, place, "The XMP packet is malformed at its byte \(byte).")
      case .documentType:
        raw.note(.damaged, place, "The XMP packet has a document type, which none may have; it was not read.")
      case .tooDeep:
        raw.note(.limitExceeded, place, "Elements of XMP lie more than \(limits.textDepth) deep; not read.")
      case .tooLarge: raw.note(.limitExceeded, place, "The XMP packet has too many elements; not read.")
      }
    }
  }

  private func label(_ input: GeneratorReader.Input) -> AIGCLabel? {
    for (packet, place) in input.xmp {
      for text in packet.contentLabels {
        if let label = AIGCLabel(text, place: place, limits: limits) { return label }
      }
    }
    for text in input.texts where text.key == "AIGC" {
      if let label = AIGCLabel(text.value, place: text.place, limits: limits) { return label }
    }
    for (block, place) in input.exif {
      // Here the key must be there: other objects have the same fields.
      for text in [block.userComment, block.text(.first, 0x010E)].compactMap({ $0 })
      where text.range(ofText: "\"AIGC\"") != nil {
        if let label = AIGCLabel(text, place: place, limits: limits) { return label }
      }
    }
    return nil
  }
}
