internal import JSONText

/// A manifest taken apart, with what is wrong with its form. No hash and no signature is looked at.
struct ManifestContent: Sendable {
  let label: String
  private(set) var kind = Manifest.Kind.standard
  private(set) var isCompressed = false
  /// As it stands in the store: hashes of manifests are made over this.
  let stored: JUMBFBox
  /// The manifest itself, which may have been compressed.
  private(set) var box: JUMBFBox
  private(set) var claim: ClaimContent?
  private(set) var signatureBox: JUMBFBox?
  let limits: EvidenceLimits
  /// Findings about the form.
  private(set) var results = ValidationResults()

  var uri: JUMBFURI { JUMBFURI(manifest: label, path: []) }
  func url(_ path: String...) -> String { JUMBFURI(manifest: label, path: path).text }

  init(_ stored: JUMBFBox, limits: EvidenceLimits) {
    self.stored = stored
    self.limits = limits
    label = stored.label ?? ""
    box = stored
    if stored.description?.type == .compressedManifest {
      isCompressed = true
      guard let inner = decompress() else { return }
      box = inner
    }
    if box.description?.type == .updateManifest { kind = .update }
    readClaim()
    readSignature()
  }

  /// Whether there is a manifest to read.
  var isReadable: Bool { box.description?.type != .compressedManifest }

  private mutating func decompress() -> JUMBFBox? {
    let code = ValidationCode.Manifest.compressedInvalid
    guard let bytes = stored.onlyContent("brob") else {
      results.add(code, uri.text, "there is not one compressed box in it")
      return nil
    }
    switch Brotli.decompress(bytes, limit: Brotli.manifestLimit) {
    case .notBuilt:
      // Not `manifest.compressed.invalid`: nobody has looked.
      results.add(
        .generalError, uri.text, "a compressed manifest is not read: this build is without the trait Brotli")
      return nil
    case .damaged(let detail):
      results.add(code, uri.text, detail)
      return nil
    case .bytes(let bytes):
      guard let inner = try? JUMBFReader.read(bytes, limits: limits), let type = inner.description?.type,
        [.manifest, .oldManifest, .updateManifest].contains(type), inner.label == label
      else {
        results.add(code, uri.text, "what was compressed is no manifest of this name")
        return nil
      }
      return inner
    }
  }

  private mutating func readClaim() {
    let boxes = box.children(of: .claim)
    guard boxes.count == 1 else {
      let code = boxes.isEmpty ? ValidationCode.Claim.missing : ValidationCode.Claim.multiple
      results.add(code, uri.text, "it has \(boxes.count) claims")
      return
    }
    do {
      claim = try ClaimReader.read(boxes[0], limits)
    } catch {
      results.add(error.code, url(boxes[0].label ?? ""), "the claim: \(error.detail)")
    }
  }

  private mutating func readSignature() {
    let boxes = box.children(of: .signature)
    guard let claim else {
      if boxes.isEmpty {
        results.add(ValidationCode.Signature.missing, uri.text, "it has no signature")
      }
      return
    }
    guard let uri = JUMBFURI(claim.signature)?.absolute(in: label), uri.manifest == label,
      let found = box.descendant(uri.path), found.description?.type == .signature
    else {
      results.add(
        ValidationCode.Signature.missing, url("c2pa.signature"),
        boxes.isEmpty ? "it has no signature" : "the claim's reference leads to no signature")
      return
    }
    signatureBox = found
  }
}

/// An assertion with its content.
struct AssertionContent: Sendable {
  var assertion: Assertion
  let uri: JUMBFURI
  let reference: HashedURI
  /// Nil where it is missing.
  let box: JUMBFBox?
  private(set) var cbor: CBORValue?
  /// What is wrong with its content, by the specification's code.
  private(set) var problem: ValidationStatus?

  /// How long a JSON text may be to be kept.
  private static let maximumKeptText = 1 << 20

  init(
    _ reference: HashedURI, uri: JUMBFURI, list: AssertionList, box: JUMBFBox?, limits: EvidenceLimits
  ) {
    self.reference = reference
    self.uri = uri
    self.box = box
    assertion = Assertion(
      label: uri.path.last ?? "", list: list, content: nil, isIntact: false, isRedacted: false, json: nil)
    guard let box else { return }
    switch box.description?.type {
    case .some(.cbor): readCBOR(box, limits)
    case .some(.json): readJSON(box, limits)
    case .some(.embeddedFile): assertion.content = .embeddedFile
    default: assertion.content = .other
    }
  }

  /// Whether its content was taken out and zeros stand for it.
  var isErased: Bool {
    guard let box, box.description?.type == .uuid, let bytes = box.onlyContent("uuid") else { return false }
    return bytes.prefix(16).elementsEqual(JUMBFType.redacted.bytes)
      && bytes.dropFirst(16).allSatisfy { $0 == 0 }
  }

  private mutating func readCBOR(_ box: JUMBFBox, _ limits: EvidenceLimits) {
    assertion.content = .cbor
    guard let bytes = box.onlyContent("cbor") else {
      problem = ValidationStatus(
        ValidationCode.Assertion.cborInvalid, url: uri.text,
        explanation: "its box does not hold one piece of CBOR")
      return
    }
    do {
      cbor = try CBORDecoder.decode(bytes, limits: limits)
    } catch {
      problem = ValidationStatus(
        ValidationCode.Assertion.cborInvalid, url: uri.text, explanation: error.description)
    }
  }

  private mutating func readJSON(_ box: JUMBFBox, _ limits: EvidenceLimits) {
    assertion.content = .json
    let invalid = { (detail: String, url: String) in
      ValidationStatus(ValidationCode.Assertion.jsonInvalid, url: url, explanation: detail)
    }
    guard let bytes = box.onlyContent("json") else {
      problem = invalid("its box does not hold one piece of JSON", uri.text)
      return
    }
    do {
      let options = JSONParsingOptions(
        maximumDepth: limits.textDepth, maximumByteCount: limits.textBytes, maximumValueCount: 100_000)
      _ = try JSONValue(parsing: bytes, options: options)
      if bytes.count <= Self.maximumKeptText { assertion.json = String(decoding: bytes, as: UTF8.self) }
    } catch {
      problem = invalid("\(error)", uri.text)
    }
  }
}
