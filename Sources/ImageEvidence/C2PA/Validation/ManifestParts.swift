/// The assertions of a manifest, held against their hashes, and what stands in them.
struct ManifestParts {
  /// What became of a reference to an assertion.
  enum Found: Equatable {
    case judged(HashedURI.Verdict)
    case missing
    /// The reference leads out of the manifest's own assertions.
    case outside
  }

  private(set) var assertions: [(content: AssertionContent, found: Found)] = []
  /// Assertions that the claim names more than once: they are read once.
  private(set) var repeated: [JUMBFURI] = []
  /// Assertions that the claim does not name.
  private(set) var undeclared: [JUMBFURI] = []
  private(set) var ingredients: [IngredientContent] = []
  private(set) var actions: [ActionsContent] = []
  private var seen: Set<Range<Int>> = []

  init(_ manifest: ManifestContent, _ digests: DigestCache) {
    guard let claim = manifest.claim else { return }
    let lists = [(claim.created, AssertionList.created), (claim.gathered, .gathered)]
    for (references, list) in lists {
      for reference in references { add(reference, list, of: manifest, claim, digests) }
    }

    for store in manifest.box.children(of: .assertionStore) {
      for box in store.children where box.type == "jumb" && !seen.contains(box.range) {
        let path = [store.label ?? "", box.label ?? ""]
        undeclared.append(JUMBFURI(manifest: manifest.label, path: path))
      }
    }
  }

  private mutating func add(
    _ reference: HashedURI, _ list: AssertionList, of manifest: ManifestContent, _ claim: ClaimContent,
    _ digests: DigestCache
  ) {
    let uri = JUMBFURI(reference.url)?.absolute(in: manifest.label)
    let isInside = uri.map { $0.manifest == manifest.label && $0.path.first == "c2pa.assertions" } ?? false
    let box = isInside ? uri.flatMap { manifest.box.descendant($0.path) } : nil
    if let box, let uri, !seen.insert(box.range).inserted {
      repeated.append(uri)
      return
    }
    var content = AssertionContent(
      reference, uri: uri ?? JUMBFURI(manifest: manifest.label, path: ["c2pa.assertions", ""]), list: list,
      box: box,
      limits: manifest.limits)
    let found: Found
    if let box {
      let verdict = reference.judge(box, standard: claim.claim.hashAlgorithm, digests)
      content.assertion.isIntact = verdict == .match
      found = .judged(verdict)
    } else {
      found = uri != nil && !isInside ? .outside : .missing
    }
    assertions.append((content, found))
    read(content, list)
  }

  private mutating func read(_ content: AssertionContent, _ list: AssertionList) {
    guard let value = content.cbor else { return }
    switch content.assertion.kind {
    case "c2pa.actions", "c2pa.actions.v2":
      actions.append(
        ActionsContent(
          value, label: content.assertion.label, list: list, isIntact: content.assertion.isIntact))
    case "c2pa.ingredient", "c2pa.ingredient.v2", "c2pa.ingredient.v3":
      ingredients.append(
        IngredientContent(
          value, kind: content.assertion.kind, label: content.assertion.label, list: list, uri: content.uri))
    default: break
    }
  }

  /// Assertions that bind to an asset's bytes.
  var hardBindings: [AssertionContent] {
    assertions.map(\.content).filter { HardBinding.isOne($0.assertion.kind) }
  }

  /// Contents of intact assertions of a kind.
  func values(of kind: String) -> [CBORValue] {
    assertions.map(\.content).filter { $0.assertion.kind == kind && $0.assertion.isIntact }.compactMap(\.cbor)
  }

  /// The ingredients that are parents.
  var parents: [IngredientContent] { ingredients.filter { $0.ingredient.relationship == .parentOf } }
}
