internal import Platform

/// What a credential (C2PA) says of an image's origin, and what that is worth.
///
/// The active manifest speaks of the image; what it was made of or from may have manifests of its own, to which it leads.
struct CredentialStatements {
  /// What a manifest's asset is to the image.
  private enum Role: Hashable {
    /// The image itself, or an earlier version of it.
    case version
    /// A part of it.
    case component
    /// What it was made from, as a model's input.
    case input
  }

  private struct Visit: Hashable {
    let label: String
    let role: Role
  }

  private let store: ManifestStore
  private(set) var statements: [OriginStatement] = []
  private(set) var findings: [EvidenceFinding] = []
  private var visited: Set<Visit> = []

  init(_ store: ManifestStore) {
    self.store = store
    noteState()
    guard let active = store.activeManifest else { return }
    visit(active, .version)
    if statements.isEmpty {
      note("The credential says nothing of how the image was made.")
    }
  }

  // MARK: Findings

  private mutating func note(_ text: String) {
    findings.append(EvidenceFinding(.note, at: "C2PA", text))
  }

  private mutating func noteState() {
    guard store.validationState < .valid else { return }
    let codes = Set(
      (store.validationResults.failure + store.ingredientDeltas.flatMap(\.results.failure)).map(\.code))
    let names = codes.map(\.rawValue).sorted().joined(separator: ", ")
    let reason =
      if codes.contains(where: Self.changesTheBytes) {
        "the file was changed or saved again after signing, or the credential is another file's; every re-save does that, "
          + "and it is no sign of forgery"
      } else if hasExpired {
        "its certificate had expired or was not valid yet, and nobody vouches for when it signed; that is no sign of forgery"
      } else {
        "it was altered, is damaged, or was not made by the rules"
      }
    note("The credential is not valid (\(names)): \(reason).")
  }

  /// Whether nothing is wrong but the time at which it was signed.
  private var hasExpired: Bool {
    let failures = store.validationResults.failure.map(\.code)
    let harmless = [ValidationCode.Signature.outsideValidity, ValidationCode.Credential.untrusted]
    return store.validationState == .wellFormed && !failures.isEmpty && failures.allSatisfy(harmless.contains)
      && store.ingredientDeltas.allSatisfy(\.results.failure.isEmpty)
  }

  private static func changesTheBytes(_ code: ValidationCode) -> Bool {
    ["assertion.bmffHash.mismatch", "assertion.boxesHash.mismatch", "assertion.dataHash.mismatch"]
      .contains(code.rawValue)
  }

  // MARK: Manifests

  private mutating func visit(_ manifest: Manifest, _ role: Role) {
    guard visited.insert(Visit(label: manifest.label, role: role)).inserted else { return }
    var edits: [String] = []
    for action in manifest.actions where action.isIntact && !action.isTemplate {
      if let type = action.digitalSourceType {
        state(action, type, manifest, role)
      } else if Self.isEditorial(action.name), !edits.contains(action.name) {
        edits.append(action.name)
      }
    }
    if role == .version, !edits.isEmpty {
      let names = edits.prefix(8).joined(separator: ", ") + (edits.count > 8 ? " and more" : "")
      add(.edited, manifest, role, list: .created, "it was edited (\(names))")
    }
    for mark in manifest.softBindings.prefix(8) {
      note("The credential speaks of a watermark or fingerprint \"\(mark)\"; it was not looked for.")
    }
    for ingredient in manifest.ingredients {
      let role = Self.role(ingredient.relationship, within: role)
      if let type = ingredient.digitalSourceType.flatMap({ DigitalSourceType($0) }),
        let claim = Self.claim(type, role, isInception: true)
      {
        add(
          claim, manifest, role, list: ingredient.list,
          "\(Self.subject(role)) is of the kind \(type.rawValue)")
      }
      if let label = ingredient.activeManifest, let next = store.manifest(labelled: label) {
        visit(next, role)
      }
    }
  }

  private mutating func state(_ action: Action, _ text: String, _ manifest: Manifest, _ role: Role) {
    guard let type = DigitalSourceType(text) else {
      note("The digital source type \"\(text)\" of \(action.name) is not in the vocabulary.")
      return
    }
    guard let claim = Self.claim(type, role, isInception: action.name == "c2pa.created") else { return }
    let agent = action.softwareAgent.map { " by \($0)" } ?? ""
    add(
      claim, manifest, role, list: action.list,
      "\(Self.subject(role)): \(action.name)\(agent), \(type.rawValue)")
  }

  private static func subject(_ role: Role) -> String {
    switch role {
    case .version: "the image"
    case .component: "a part of the image"
    case .input: "what the image was made from"
    }
  }

  private static func role(_ relationship: Ingredient.Relationship?, within role: Role) -> Role {
    guard role == .version else { return role }
    return switch relationship {
    case .parentOf: .version
    case .inputTo: .input
    case .componentOf, nil: .component
    }
  }

  /// What a source type of an action or ingredient says of the whole image; nil for nothing.
  private static func claim(
    _ type: DigitalSourceType, _ role: Role, isInception: Bool
  ) -> OriginStatement.Claim? {
    let isModel = [.generated, .partlyGenerated].contains(type.meaning) || type == .compositeSynthetic
    switch role {
    case .input: return isModel ? .mayContainGenerated : nil
    case .component:
      if isModel { return .partlyGenerated }
      return type.meaning == .mayContainGenerated ? .mayContainGenerated : nil
    case .version where !isInception:
      // A later step with a model in it: what stands before it was there already.
      if isModel { return .partlyGenerated }
      return [.composite, .digitalArt].contains(type) ? .mayContainGenerated : nil
    case .version:
      return switch type.meaning {
      case .generated: .generated
      case .partlyGenerated: .partlyGenerated
      case .mayContainGenerated: .mayContainGenerated
      case .captured: .captured
      case .edited: .edited
      case .otherwiseMade: .otherwiseMade
      case .unknown: nil
      }
    }
  }

  /// Whether an action may change what is seen: neither a beginning nor one that C2PA counts as not editorial.
  private static func isEditorial(_ name: String) -> Bool { !notEditorial.contains(name) }

  private static let notEditorial: Set<String> = [
    "c2pa.created", "c2pa.opened", "c2pa.placed", "c2pa.converted", "c2pa.published", "c2pa.repackaged",
    "c2pa.transcoded", "c2pa.resized.proportional", "c2pa.enhanced", "c2pa.edited.metadata",
    "c2pa.watermarked",
    "c2pa.watermarked.bound", "c2pa.watermarked.unbound", "c2pa.redacted",
  ]

  // MARK: Weight

  private mutating func add(
    _ claim: OriginStatement.Claim, _ manifest: Manifest, _ role: Role, list: AssertionList, _ says: String
  ) {
    let standing = standing(of: manifest)
    let signer = manifest.claimSignature?.signer
    let name = signer?.organization ?? signer?.commonName
    let verb = list == .created ? "states" : "passes on, without vouching for it,"
    let text: String
    let caveat: String
    switch standing {
    case .trustedCredential:
      let issuer = manifest.claimSignature?.certificateIssuer
      let by = (issuer?.organization ?? issuer?.commonName).map { " (certified by \($0))" } ?? ""
      text = "\(name ?? "A signer without a name")\(by) \(verb) that of \(says)."
      caveat =
        claim == .captured
        ? "A camera may have been pointed at a screen or a print; any re-save or screenshot strips it."
        : "It would take the signer's key or its misuse; any re-save or screenshot strips it."
    case .validCredential:
      text =
        "A signer whom nobody here vouches for, calling itself \(name.map { "\"\($0)\"" } ?? "nothing"), \(verb) that of "
        + "\(says). The file has not been changed since."
      caveat = "Anybody can make such a certificate in a minute; any re-save strips it."
    case .unsigned where hasExpired:
      text =
        "A credential of \(name.map { "\"\($0)\"" } ?? "nobody") whose certificate was not valid at the time, as far as that is "
        + "known, says that of \(says). The file has not been changed since."
      caveat = "Who has the key can sign after it has expired; any re-save strips it."
    case .unsigned, .generatorsSignature:
      text = "A credential that is not valid for this file says that of \(says)."
      caveat = "A credential that does not hold can be copied from another file or written by anybody."
    }
    let statement = OriginStatement(
      claim: claim, standing: standing, strength: strength(claim, standing, list, manifest),
      direction: Self.direction(claim), source: "C2PA \(manifest.label)".printable, text: text.printable,
      caveat: caveat)
    if statements.count < 200, !statements.contains(statement) { statements.append(statement) }
  }

  private func standing(of manifest: Manifest) -> OriginStatement.Standing {
    let results = manifest.validationResults
    let failures = results.failure.map(\.code).filter { $0 != ValidationCode.Credential.untrusted }
    guard store.validationState >= .valid, failures.isEmpty else { return .unsigned }
    return results.success.contains { $0.code == ValidationCode.Credential.trusted }
      ? .trustedCredential : .validCredential
  }

  private func strength(
    _ claim: OriginStatement.Claim, _ standing: OriginStatement.Standing, _ list: AssertionList,
    _ manifest: Manifest
  ) -> OriginStatement.Strength {
    switch (standing, claim) {
    // What the signer merely passes on, and what an earlier manifest says, is not its own word about these bytes.
    case (.trustedCredential, .generated):
      list == .created && manifest.label == store.activeLabel ? .conclusive : .strong
    case (.trustedCredential, .mayContainGenerated): .moderate
    case (.trustedCredential, _): .strong
    case (.validCredential, .generated), (.validCredential, .partlyGenerated): .strong
    case (.validCredential, .otherwiseMade): .moderate
    case (.validCredential, _): .weak
    // About these bytes it says nothing, unless nothing but its time is in doubt.
    case (.unsigned, .generated), (.unsigned, .partlyGenerated): hasExpired ? .moderate : .none
    case (.unsigned, _), (.generatorsSignature, _): hasExpired ? .weak : .none
    }
  }

  private static func direction(_ claim: OriginStatement.Claim) -> OriginStatement.Direction {
    switch claim {
    case .generated, .partlyGenerated, .mayContainGenerated, .passedThroughGenerator: .againstInterest
    case .captured: .inInterest
    case .edited, .otherwiseMade, .credentialElsewhere: .neutral
    }
  }
}
