/// What the specification asks of the assertions of one manifest.
struct ManifestCheck {
  /// Finds the box and the ingredient that a reference means, in whatever manifest.
  typealias Resolver = (JUMBFURI) -> (box: JUMBFBox, ingredient: IngredientContent?)?

  private let content: ManifestContent
  private let parts: ManifestParts
  private let redacted: Set<JUMBFURI>
  private let digests: DigestCache
  private(set) var results = ValidationResults()

  init(
    _ content: ManifestContent, _ parts: ManifestParts, redacted: Set<JUMBFURI>, _ digests: DigestCache
  ) {
    self.content = content
    self.parts = parts
    self.redacted = redacted
    self.digests = digests
  }

  mutating func run(_ resolve: Resolver) {
    guard let claim = content.claim else { return }
    checkRedactions(by: claim)
    checkRedactionsOfThis()
    checkAssertions()
    checkBindings()
    checkResources(claim, resolve)
    if parts.parents.count > 1 {
      results.add(
        ValidationCode.Manifest.multipleParents, content.uri.text, "it has \(parts.parents.count) parents")
    }
    if content.kind == .update { checkUpdate() }
    // Older claims break these rules in good faith.
    if claim.claim.version > 1 { checkActions(resolve) }
  }

  // MARK: Redaction

  private mutating func checkRedactions(by claim: ClaimContent) {
    for text in claim.claim.redactedAssertions {
      guard let uri = JUMBFURI(text)?.absolute(in: content.label) else { continue }
      if uri.manifest == content.label {
        results.add(
          ValidationCode.Assertion.selfRedacted, uri.text, "a claim must not redact its own assertions")
        continue
      }
      let kind = Assertion.kind(of: uri.path.last ?? "")
      if kind == "c2pa.actions" || kind == "c2pa.actions.v2" {
        results.add(ValidationCode.Assertion.actionRedacted, uri.text, "actions must not be redacted")
      } else if HardBinding.isOne(kind) {
        results.add(
          ValidationCode.Assertion.hardBindingRedacted, uri.text,
          "what binds to the image must not be redacted")
      }
    }
  }

  private mutating func checkRedactionsOfThis() {
    for uri in redacted.sorted(by: { $0.text < $1.text }) {
      guard let box = content.box.descendant(uri.path) else { continue }
      let known = parts.assertions.first { $0.content.box?.range == box.range }
      if !(known?.content.isErased ?? false) {
        results.add(ValidationCode.Assertion.notRedacted, uri.text, "it is said to be redacted, and is there")
      }
    }
  }

  // MARK: Assertions

  private mutating func checkAssertions() {
    for (assertion, found) in parts.assertions {
      let url = assertion.uri.text
      if redacted.contains(assertion.uri), assertion.box == nil || assertion.isErased { continue }
      switch found {
      case .judged(.match): results.add(ValidationCode.Assertion.match, url, "it is as it was signed")
      case .judged(.mismatch):
        results.add(ValidationCode.Assertion.mismatch, url, "it is not as it was signed")
      case .judged(.unsupported(let detail)): results.add(.algorithmUnsupported, url, detail)
      case .missing: results.add(ValidationCode.Assertion.missing, url, "it is not there, or not once")
      case .outside:
        results.add(
          ValidationCode.Assertion.outsideManifest, url,
          "the reference leads out of the manifest's assertions")
      }
      if let problem = assertion.problem { results.add(problem) }
    }
    for uri in parts.repeated {
      results.add(ValidationCode.Claim.malformed, uri.text, "the claim names it more than once")
    }
    for uri in parts.undeclared {
      results.add(ValidationCode.Assertion.undeclared, uri.text, "the claim does not name it")
    }
    let label = content.label
    for (assertion, _) in parts.assertions where assertion.assertion.kind == "c2pa.time-stamp" {
      guard let value = assertion.cbor else { continue }
      let isList = value.members?.allSatisfy { $0.value.bytesValue != nil } ?? false
      guard !isList || value[label] != nil else { continue }
      results.add(
        ValidationCode.Assertion.timeStampMalformed, assertion.uri.text,
        isList ? "a manifest cannot hold its own time-stamp" : "it is no list of time-stamps")
    }
  }

  private mutating func checkBindings() {
    let count = parts.hardBindings.count
    guard content.kind == .standard else { return }
    if count == 0 {
      results.add(
        ValidationCode.Claim.hardBindingsMissing, content.uri.text, "nothing in it binds it to an image")
    } else if count > 1 {
      results.add(
        ValidationCode.Assertion.multipleHardBindings, content.uri.text,
        "\(count) assertions bind it to an image")
    }
  }

  /// Thumbnails, icons and what actions refer to.
  private mutating func checkResources(_ claim: ClaimContent, _ resolve: Resolver) {
    let references =
      claim.icons + parts.ingredients.flatMap(\.resources)
      + parts.actions.flatMap { $0.entries.flatMap(\.ingredients) }
    var seen: Set<JUMBFURI> = []
    for reference in references {
      guard let uri = JUMBFURI(reference.url)?.absolute(in: content.label) else {
        // A reference out of the store is not followed.
        continue
      }
      guard seen.insert(uri).inserted, !redacted.contains(uri) else { continue }
      guard let box = resolve(uri)?.box else {
        results.add(ValidationCode.HashedURI.missing, uri.text, "it is not there, or not once")
        continue
      }
      switch reference.judge(box, standard: claim.claim.hashAlgorithm, digests) {
      case .match: break
      case .mismatch: results.add(ValidationCode.HashedURI.mismatch, uri.text, "it is not as it was signed")
      case .unsupported(let detail): results.add(.algorithmUnsupported, uri.text, detail)
      }
    }
  }

  // MARK: Update manifests

  private static let updateActions: Set<String> = [
    "c2pa.edited.metadata", "c2pa.opened", "c2pa.published", "c2pa.redacted",
  ]

  private mutating func checkUpdate() {
    let url = content.uri.text
    if parts.ingredients.count != 1 || parts.parents.count != 1 {
      results.add(
        ValidationCode.Manifest.updateWrongParents, url, "an update manifest has one ingredient, its parent")
    }
    if !parts.hardBindings.isEmpty {
      results.add(ValidationCode.Manifest.updateInvalid, url, "an update manifest binds to no image")
    }
    if parts.assertions.contains(where: { $0.content.assertion.kind.hasPrefix("c2pa.thumbnail") }) {
      results.add(ValidationCode.Manifest.updateInvalid, url, "an update manifest has no thumbnail")
    }
    let names = parts.actions.flatMap(\.entries).map(\.action.name)
    for name in names where !Self.updateActions.contains(name) {
      results.add(
        ValidationCode.Manifest.updateInvalid, url, "an update manifest changes no image: \(name.shown)")
    }
  }

  // MARK: Actions

  private mutating func checkActions(_ resolve: Resolver) {
    let entries = parts.actions.flatMap(\.entries)
    for actions in parts.actions {
      guard let problem = actions.problem else { continue }
      results.add(ValidationCode.Assertion.actionMalformed, content.uri.text, problem)
    }
    let beginnings = entries.filter { ["c2pa.created", "c2pa.opened"].contains($0.action.name) }
    if content.kind == .standard || !entries.isEmpty {
      let isFirst = entries.first.map { ["c2pa.created", "c2pa.opened"].contains($0.action.name) } ?? false
      if beginnings.count != 1 || !isFirst {
        results.add(
          ValidationCode.Assertion.actionMalformed, content.uri.text,
          "one action says how the image came to be, created or opened, and it is the first")
      }
    }
    for entry in entries { check(entry, resolve) }
  }

  private mutating func check(_ entry: ActionsContent.Entry, _ resolve: Resolver) {
    let url = content.url("c2pa.assertions", entry.action.assertion)
    let uris = entry.ingredients.compactMap { JUMBFURI($0.url)?.absolute(in: content.label) }
    func count(_ relationship: Ingredient.Relationship, isOwn: Bool) -> Int {
      Set(uris).count { uri in
        (uri.manifest == content.label) == isOwn
          && resolve(uri)?.ingredient?.ingredient.relationship == relationship
      }
    }
    let code = ValidationCode.Assertion.ingredientMismatch
    switch entry.action.name {
    case "c2pa.opened" where count(.parentOf, isOwn: true) != 1:
      results.add(code, url, "what was opened is not exactly one parent among the ingredients")
    case "c2pa.placed" where count(.componentOf, isOwn: true) == 0:
      results.add(code, url, "what was placed is no component among the ingredients")
    case "c2pa.removed" where count(.componentOf, isOwn: false) == 0:
      results.add(code, url, "what was removed is no component among the ingredients of another manifest")
    case "c2pa.redacted":
      let own = content.claim?.redacted.map { $0.absolute(in: content.label) } ?? []
      let target = entry.action.redacted.flatMap(JUMBFURI.init)?.absolute(in: content.label)
      guard let target, own.contains(target) else {
        results.add(
          ValidationCode.Assertion.redactionMismatch, url,
          "what it redacts is not among the claim's redactions")
        return
      }
    default: break
    }
  }
}
