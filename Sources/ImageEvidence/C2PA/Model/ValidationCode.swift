/// A status code of the C2PA specification (2.2, with those of 2.4), such as `assertion.dataHash.mismatch`.
public struct ValidationCode: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
  /// As the specification spells it.
  public let rawValue: String

  /// Any code: ingredients record such as nobody here issues.
  public init(rawValue: String) { self.rawValue = rawValue }

  init(_ rawValue: String) { self.rawValue = rawValue }

  /// The code itself.
  public var description: String { rawValue }

  /// What it means for the validation; a code that is not known is taken for a failure.
  public var kind: ValidationKind {
    if Self.successes.contains(rawValue) { return .success }
    return Self.informations.contains(rawValue) ? .informational : .failure
  }

  private static let successes: Set<String> = [
    "assertion.accessible", "assertion.bmffHash.match", "assertion.boxesHash.match",
    "assertion.collectionHash.match", "assertion.dataHash.match", "assertion.hashedURI.match",
    "assertion.multiAssetHash.match", "claimSignature.insideValidity", "claimSignature.validated",
    "ingredient.claimSignature.validated", "ingredient.manifest.validated",
    "signingCredential.ocsp.notRevoked", "signingCredential.trusted", "timeStamp.trusted",
    "timeStamp.validated",
  ]

  private static let informations: Set<String> = [
    "algorithm.deprecated", "assertion.dataHash.additionalExclusionsPresent", "ingredient.unknownProvenance",
    "manifest.unknownProvenance", "manifest.unreferenced", "signingCredential.ocsp.inaccessible",
    "signingCredential.ocsp.skipped", "timeOfSigning.insideValidity", "timeOfSigning.outsideValidity",
    "timeStamp.malformed", "timeStamp.mismatch", "timeStamp.outsideValidity", "timeStamp.untrusted",
  ]
}

extension ValidationCode {
  static let algorithmUnsupported = ValidationCode("algorithm.unsupported")
  static let generalError = ValidationCode("general.error")
  static let unreferenced = ValidationCode("manifest.unreferenced")

  enum Claim {
    static let cborInvalid = ValidationCode("claim.cbor.invalid")
    static let hardBindingsMissing = ValidationCode("claim.hardBindings.missing")
    static let malformed = ValidationCode("claim.malformed")
    static let missing = ValidationCode("claim.missing")
    static let multiple = ValidationCode("claim.multiple")
  }

  enum Signature {
    static let missing = ValidationCode("claimSignature.missing")
    static let mismatch = ValidationCode("claimSignature.mismatch")
    static let validated = ValidationCode("claimSignature.validated")
    static let insideValidity = ValidationCode("claimSignature.insideValidity")
    static let outsideValidity = ValidationCode("claimSignature.outsideValidity")
    static let signingTimeInside = ValidationCode("timeOfSigning.insideValidity")
    static let signingTimeOutside = ValidationCode("timeOfSigning.outsideValidity")
  }

  enum Credential {
    static let invalid = ValidationCode("signingCredential.invalid")
    static let trusted = ValidationCode("signingCredential.trusted")
    static let untrusted = ValidationCode("signingCredential.untrusted")
    static let notRevoked = ValidationCode("signingCredential.ocsp.notRevoked")
    static let revoked = ValidationCode("signingCredential.ocsp.revoked")
    static let unknown = ValidationCode("signingCredential.ocsp.unknown")
    static let skipped = ValidationCode("signingCredential.ocsp.skipped")
  }

  enum Stamp {
    static let validated = ValidationCode("timeStamp.validated")
    static let trusted = ValidationCode("timeStamp.trusted")
    static let untrusted = ValidationCode("timeStamp.untrusted")
    static let malformed = ValidationCode("timeStamp.malformed")
    static let mismatch = ValidationCode("timeStamp.mismatch")
    static let outsideValidity = ValidationCode("timeStamp.outsideValidity")
  }

  enum Assertion {
    static let match = ValidationCode("assertion.hashedURI.match")
    static let mismatch = ValidationCode("assertion.hashedURI.mismatch")
    static let missing = ValidationCode("assertion.missing")
    static let outsideManifest = ValidationCode("assertion.outsideManifest")
    static let undeclared = ValidationCode("assertion.undeclared")
    static let cborInvalid = ValidationCode("assertion.cbor.invalid")
    static let jsonInvalid = ValidationCode("assertion.json.invalid")
    static let multipleHardBindings = ValidationCode("assertion.multipleHardBindings")
    static let selfRedacted = ValidationCode("assertion.selfRedacted")
    static let notRedacted = ValidationCode("assertion.notRedacted")
    static let actionRedacted = ValidationCode("assertion.action.redacted")
    static let hardBindingRedacted = ValidationCode("assertion.dataHash.redacted")
    static let actionMalformed = ValidationCode("assertion.action.malformed")
    static let ingredientMismatch = ValidationCode("assertion.action.ingredientMismatch")
    static let redactionMismatch = ValidationCode("assertion.action.redactionMismatch")
    static let ingredientMalformed = ValidationCode("assertion.ingredient.malformed")
    static let timeStampMalformed = ValidationCode("assertion.timestamp.malformed")
    static let additionalExclusions = ValidationCode("assertion.dataHash.additionalExclusionsPresent")
    static let unknownBox = ValidationCode("assertion.boxesHash.unknownBox")
  }

  enum HashedURI {
    static let missing = ValidationCode("hashedURI.missing")
    static let mismatch = ValidationCode("hashedURI.mismatch")
  }

  enum Ingredient {
    static let unknownProvenance = ValidationCode("ingredient.unknownProvenance")
    static let manifestMissing = ValidationCode("ingredient.manifest.missing")
    static let manifestMismatch = ValidationCode("ingredient.manifest.mismatch")
    static let manifestValidated = ValidationCode("ingredient.manifest.validated")
    static let signatureMissing = ValidationCode("ingredient.claimSignature.missing")
    static let signatureMismatch = ValidationCode("ingredient.claimSignature.mismatch")
    static let signatureValidated = ValidationCode("ingredient.claimSignature.validated")
  }

  enum Manifest {
    static let multipleParents = ValidationCode("manifest.multipleParents")
    static let compressedInvalid = ValidationCode("manifest.compressed.invalid")
    static let updateInvalid = ValidationCode("manifest.update.invalid")
    static let updateWrongParents = ValidationCode("manifest.update.wrongParents")
  }
}
