/// A claim and what it refers to.
struct ClaimContent: Sendable {
  var claim: Claim
  /// Its bytes, which are what is signed.
  let bytes: ArraySlice<UInt8>
  let signature: String
  let created: [HashedURI]
  let gathered: [HashedURI]
  let icons: [HashedURI]

  var redacted: [JUMBFURI] { claim.redactedAssertions.compactMap(JUMBFURI.init) }
}

/// Why a claim is none, by the specification's code.
struct ClaimError: Error, Sendable {
  let code: ValidationCode
  let detail: String

  static func malformed(_ detail: String) -> ClaimError {
    ClaimError(code: ValidationCode.Claim.malformed, detail: detail)
  }
}

/// Reads the claim out of its box.
enum ClaimReader {
  static func read(_ box: JUMBFBox, _ limits: EvidenceLimits) throws(ClaimError) -> ClaimContent {
    guard let bytes = box.onlyContent("cbor") else {
      throw ClaimError(
        code: ValidationCode.Claim.cborInvalid, detail: "its box does not hold one piece of CBOR")
    }
    let value: CBORValue
    do {
      value = try CBORDecoder.decode(bytes, limits: limits)
    } catch {
      throw ClaimError(code: ValidationCode.Claim.cborInvalid, detail: error.description)
    }
    guard value.members != nil else { throw .malformed("it is no map") }
    let claim: ClaimContent
    switch box.label {
    case "c2pa.claim.v2": claim = try second(value, bytes)
    case "c2pa.claim": claim = try first(value, bytes)
    default: throw .malformed("its version is not known: \((box.label ?? "").shown)")
    }
    guard claim.created.count + claim.gathered.count <= limits.assertions else {
      throw .malformed("it has more than \(limits.assertions) assertions")
    }
    return claim
  }

  private static func second(_ value: CBORValue, _ bytes: ArraySlice<UInt8>) throws(ClaimError)
    -> ClaimContent
  {
    guard let info = value["claim_generator_info"], info.members != nil, let name = info["name"]?.textValue
    else {
      throw .malformed("it does not name the program that made it (claim_generator_info)")
    }
    guard value["instanceID"]?.textValue != nil else { throw .malformed("it has no instanceID") }
    let created = try uris(value, "created_assertions", isRequired: true)
    guard !created.isEmpty else { throw .malformed("it has no created assertions") }
    let gathered = try uris(value, "gathered_assertions", isRequired: false)
    return try content(
      value, bytes, version: 2, name: name, generator: info["version"]?.textValue, created: created,
      gathered: gathered, infos: [info])
  }

  private static func first(_ value: CBORValue, _ bytes: ArraySlice<UInt8>) throws(ClaimError) -> ClaimContent
  {
    guard let agent = value["claim_generator"]?.textValue else {
      throw .malformed("it does not name the program that made it (claim_generator)")
    }
    let assertions = try uris(value, "assertions", isRequired: true)
    // An array by the specification; some writers have the one map of later claims.
    let infos = value["claim_generator_info"].map { $0.arrayValue ?? [$0] } ?? []
    let name = infos.first?["name"]?.textValue
    return try content(
      value, bytes, version: 1, name: name ?? agent,
      generator: name == nil ? nil : infos.first?["version"]?.textValue, created: assertions, gathered: [],
      infos: infos)
  }

  private static func content(
    _ value: CBORValue, _ bytes: ArraySlice<UInt8>, version: Int, name: String, generator: String?,
    created: [HashedURI], gathered: [HashedURI], infos: [CBORValue]
  ) throws(ClaimError) -> ClaimContent {
    guard let signature = value["signature"]?.textValue else {
      throw .malformed("it does not name its signature")
    }
    for key in ["alg", "dc:title", "dc:format", "instanceID"] {
      guard value[key] == nil || value[key]?.textValue != nil else { throw .malformed("\(key) is no text") }
    }
    var redacted: [String] = []
    if let list = value["redacted_assertions"] {
      let texts = list.arrayValue?.compactMap(\.textValue)
      guard let texts, texts.count == list.arrayValue?.count else {
        throw .malformed("redacted_assertions are not references")
      }
      redacted = texts
    }
    return ClaimContent(
      claim: Claim(
        version: version, generatorName: name, generatorVersion: generator,
        title: value["dc:title"]?.textValue,
        format: value["dc:format"]?.textValue, instanceID: value["instanceID"]?.textValue,
        hashAlgorithm: value["alg"]?.textValue, redactedAssertions: redacted),
      bytes: bytes, signature: signature, created: created, gathered: gathered,
      icons: infos.compactMap { HashedURI($0["icon"]) })
  }

  private static func uris(_ value: CBORValue, _ key: String, isRequired: Bool) throws(ClaimError)
    -> [HashedURI]
  {
    guard let list = value[key] else {
      if isRequired { throw .malformed("it has no \(key)") }
      return []
    }
    let uris = list.arrayValue?.map(HashedURI.init) ?? [nil]
    guard uris.allSatisfy({ $0 != nil }) else { throw .malformed("\(key) are not references with hashes") }

    return uris.compactMap(\.self)
  }
}
