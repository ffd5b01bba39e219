internal import JSONText
internal import Platform

extension ManifestStore {
  /// Reads a manifest store and validates it against the image that it is part of.
  ///
  /// Nothing here fails: what is damaged is a finding. No network is used, and the clock is not looked at.
  ///
  /// - Parameters:
  ///   - store: The store, and where it was found.
  ///   - asset: The whole file of the image; empty where there is only the store.
  ///   - instant: The time for which certificates are judged where no trusted time-stamp says when they signed.
  ///   - trust: Who vouches for signers.
  ///   - limits: What reading and judging may cost.
  package init(
    _ store: EmbeddedStore, asset: UnsafeRawBufferPointer, at instant: UTCTime, trust: TrustConfiguration,
    limits: EvidenceLimits = .default
  ) {
    self.init()
    for problem in store.problems { validationResults.add(.generalError, nil, problem) }
    // A range that is not in the file excludes nothing.
    let extent = store.extent.flatMap { 0 <= $0.lowerBound && $0.upperBound <= asset.count ? $0 : nil }
    let contents: [ManifestContent]
    do {
      contents = try Self.contents(of: JUMBFReader.read(store.bytes, limits: limits), limits)
    } catch {
      validationResults.add(.generalError, nil, "the manifest store cannot be read: \(error)")
      return
    }
    guard !contents.isEmpty else {
      validationResults.add(.generalError, nil, "the manifest store has no manifest")
      return
    }
    var validator = StoreValidator(
      contents, asset: BoundAsset(bytes: asset, storeExtent: extent), at: instant, trust: Trust(trust),
      limits: limits)
    validator.run(&self)
  }

  private static func contents(
    of box: JUMBFBox, _ limits: EvidenceLimits
  ) throws(JUMBFError) -> [ManifestContent] {
    guard box.description?.type == .store, box.label == "c2pa" else {
      throw JUMBFError(offset: 0, detail: "it is no manifest store")
    }
    let types: Set<JUMBFType> = [.manifest, .oldManifest, .updateManifest, .compressedManifest]
    let boxes = box.children.filter { $0.description.map { types.contains($0.type) } ?? false }
    guard boxes.count <= limits.manifests else {
      throw JUMBFError(offset: 0, detail: "it has more than \(limits.manifests) manifests")
    }
    return boxes.map { ManifestContent($0, limits: limits) }
  }
}

/// Validates the manifests of a store, from the last one on.
struct StoreValidator {
  private let contents: [ManifestContent]
  private let parts: [ManifestParts]
  private let digests = DigestCache()
  private let asset: BoundAsset
  private let instant: UTCTime
  private let limits: EvidenceLimits
  private let trust: Trust
  /// Manifests whose label no other has.
  private let places: [ExactString: Int]
  private let graph: ManifestGraph
  /// Time-stamps that manifests hold for others, by label.
  private let keptStamps: [ExactString: [[UInt8]]]
  /// OCSP answers in assertions.
  private let keptRevocations: [[UInt8]]
  /// What manifests above each one took out of it.
  private var redactions: [Int: Set<JUMBFURI>] = [:]
  private var results: [ValidationResults]
  private var signatures: [Int: ClaimSignature] = [:]

  private var active: Int { contents.count - 1 }

  init(
    _ contents: [ManifestContent], asset: BoundAsset, at instant: UTCTime, trust: Trust,
    limits: EvidenceLimits
  ) {
    self.contents = contents
    self.asset = asset
    self.instant = instant
    self.trust = trust
    self.limits = limits
    let digests = digests
    let parts = contents.map { ManifestParts($0, digests) }
    self.parts = parts
    var places: [ExactString: Int?] = [:]
    for (index, content) in contents.enumerated() {
      let label = ExactString(content.label)
      places[label] = .some(places[label] == nil ? index : nil)
    }
    self.places = places.compactMapValues(\.self)
    let known = self.places
    graph = ManifestGraph(
      from: contents.count - 1,
      edges: parts.map { parts in
        parts.ingredients.compactMap { ingredient in
          ingredient.target.flatMap { known[ExactString($0)] }.map { (ingredient.uri, $0) }
        }
      }, maximumDepth: limits.ingredientDepth)
    let reachable = graph.reachable
    let reached = parts.indices.filter(reachable.contains).map { parts[$0] }
    keptStamps = Self.stamps(reached)
    keptRevocations = Self.revocations(reached)
    results = contents.map(\.results)
  }

  mutating func run(_ store: inout ManifestStore) {
    if !trust.isComplete {
      store.validationResults.add(
        .generalError, nil, "a certificate of the trust configuration cannot be read")
    }
    collectRedactions()
    for index in contents.indices where graph.reachable.contains(index) { validate(index) }
    validateHardBinding()
    for refused in graph.refused {
      results[refused.owner].add(
        ValidationCode.Assertion.ingredientMalformed, refused.ingredient.text, refused.detail)
    }
    store.manifests = contents.indices.map(manifest)
    store.activeLabel = contents[active].label
    for status in results[active].all { store.validationResults.add(status) }
    for index in contents.indices where !graph.reachable.contains(index) {
      store.validationResults.add(
        .unreferenced, contents[index].uri.text, "the active manifest does not lead to this one")
    }
    store.ingredientDeltas = deltas()
    store.validationState = ValidationState(
      results: store.validationResults, others: store.ingredientDeltas.flatMap(\.results.failure))
  }

  // MARK: Redaction

  /// A manifest may take out assertions of those that it leads to, and of no other.
  private mutating func collectRedactions() {
    for index in contents.indices where graph.reachable.contains(index) {
      let redacted = contents[index].claim?.redacted ?? []
      guard !redacted.isEmpty else { continue }
      let below = graph.descendants(of: index)
      for uri in redacted.map({ $0.absolute(in: contents[index].label) }) {
        guard let target = uri.manifest.flatMap({ places[ExactString($0)] }), below.contains(target) else {
          continue
        }
        redactions[target, default: []].insert(uri)
      }
    }
  }

  // MARK: One manifest

  private mutating func validate(_ index: Int) {
    let content = contents[index]
    guard content.isReadable else { return }
    if let claim = content.claim, let box = content.signatureBox {
      validateSignature(index, claim, box)
    }
    var check = ManifestCheck(content, parts[index], redacted: redactions[index] ?? [], digests)
    check.run { uri in resolve(uri) }
    for status in check.results.all { results[index].add(status) }
    for ingredient in parts[index].ingredients { validateIngredient(ingredient, of: index) }
  }

  private mutating func validateSignature(_ index: Int, _ claim: ClaimContent, _ box: JUMBFBox) {
    let url = contents[index].url("c2pa.signature")
    guard let bytes = box.onlyContent("cbor") else {
      results[index].add(ValidationCode.Signature.mismatch, url, "its box does not hold one piece of CBOR")
      return
    }
    var check = SignatureCheck(trust: trust, at: instant, url: url, limits: limits)
    check.run(
      bytes, claim: claim.bytes, keptStamps: keptStamps[ExactString(contents[index].label)] ?? [],
      keptRevocations: keptRevocations)
    signatures[index] = check.signature
    for status in check.results.all { results[index].add(status) }
  }

  /// Tokens of `c2pa.time-stamp`: maps from labels of manifests.
  private static func stamps(_ parts: [ManifestParts]) -> [ExactString: [[UInt8]]] {
    var stamps: [ExactString: [[UInt8]]] = [:]
    for member in parts.flatMap({ $0.values(of: "c2pa.time-stamp") }).flatMap({ $0.members ?? [] }) {
      guard case .text(let label) = member.key, let token = member.value.bytesValue else { continue }
      stamps[label, default: []].append(token)
    }
    return stamps
  }

  /// Answers of `c2pa.certificate-status`; some writers have them as base64.
  private static func revocations(_ parts: [ManifestParts]) -> [[UInt8]] {
    parts.flatMap { $0.values(of: "c2pa.certificate-status") }
      .flatMap { $0["ocspVals"]?.arrayValue ?? [] }
      .compactMap { $0.bytesValue ?? $0.textValue.flatMap(Base64.decode) }
  }

  /// The box and the ingredient that a reference means, in whatever manifest.
  private func resolve(_ uri: JUMBFURI) -> (box: JUMBFBox, ingredient: IngredientContent?)? {
    guard let index = uri.manifest.flatMap({ places[ExactString($0)] }),
      let box = contents[index].box.descendant(uri.path)
    else { return nil }
    return (box, parts[index].ingredients.first { $0.uri == uri })
  }

  // MARK: Ingredients

  private mutating func validateIngredient(_ ingredient: IngredientContent, of owner: Int) {
    let url = ingredient.uri.text
    if let problem = ingredient.problem {
      results[owner].add(ValidationCode.Assertion.ingredientMalformed, url, problem)
    }
    guard let reference = ingredient.manifest, let label = ingredient.target else {
      if ingredient.ingredient.relationship != .inputTo {
        results[owner].add(
          ValidationCode.Ingredient.unknownProvenance, url, "it came without a manifest")
      }
      return
    }
    guard let target = places[ExactString(label)] else {
      results[owner].add(
        ValidationCode.Ingredient.manifestMissing, url,
        "the manifest \(label.shown) is not in the store, or not once")
      return
    }
    let standard = contents[owner].claim?.claim.hashAlgorithm
    let isRedacted = !(redactions[target] ?? []).isEmpty
    if !isRedacted {
      switch reference.judge(contents[target].stored, standard: standard, digests) {
      case .match:
        results[owner].add(ValidationCode.Ingredient.manifestValidated, url, "its manifest is as it was")
        return
      case .unsupported(let detail):
        results[owner].add(.algorithmUnsupported, url, detail)
        return
      case .mismatch: break
      }
    }
    judgeSignature(of: ingredient, target, standard, isRedacted, owner)
  }

  /// Something of the manifest was taken out, or changed: its signature says whether it is the one that was meant, and the
  /// claim that it signs which assertions belong to it.
  private mutating func judgeSignature(
    of ingredient: IngredientContent, _ target: Int, _ standard: String?, _ isRedacted: Bool, _ owner: Int
  ) {
    let url = ingredient.uri.text
    guard let reference = ingredient.signature, let box = contents[target].signatureBox else {
      let code =
        isRedacted ? ValidationCode.Ingredient.signatureMissing : ValidationCode.Ingredient.manifestMismatch
      results[owner].add(code, url, "its manifest is not as it was, and no signature of it is named")
      return
    }
    switch reference.judge(box, standard: standard, digests) {
    case .match:
      results[owner].add(
        ValidationCode.Ingredient.signatureValidated, url, "its claim is the one that was meant")
    case .mismatch:
      if !isRedacted {
        results[owner].add(ValidationCode.Ingredient.manifestMismatch, url, "its manifest is not as it was")
      }
      results[owner].add(ValidationCode.Ingredient.signatureMismatch, url, "its signature is not as it was")
    case .unsupported(let detail): results[owner].add(.algorithmUnsupported, url, detail)
    }
  }

  // MARK: The image

  /// The first manifest upwards that speaks of an asset and not of another manifest.
  private func standardManifest() -> Int? {
    var index = active
    var seen: Set<Int> = []
    while contents[index].kind == .update {
      guard seen.insert(index).inserted, parts[index].parents.count == 1,
        let next = parts[index].parents[0].target.flatMap({ places[ExactString($0)] })
      else { return nil }
      index = next
    }
    return index
  }

  private mutating func validateHardBinding() {
    guard contents[active].isReadable, contents[active].claim != nil else { return }
    guard let index = standardManifest() else {
      results[active].add(
        ValidationCode.Claim.hardBindingsMissing, contents[active].uri.text,
        "no parent of it speaks of an image")
      return
    }
    // How many there are was said of the manifest itself.
    let bindings = parts[index].hardBindings
    guard bindings.count == 1, let value = bindings[0].cbor else { return }
    let binding = HardBinding(
      kind: bindings[0].assertion.kind, value: value, url: bindings[0].uri.text,
      standardAlgorithm: contents[index].claim?.claim.hashAlgorithm, isUpdated: index != active)
    for status in binding.judge(asset) { results[active].add(status) }
  }

  // MARK: What is told

  private func deltas() -> [IngredientDelta] {
    var recorded: [Int: Set<[String]>] = [:]
    for index in contents.indices where graph.reachable.contains(index) {
      let below = graph.descendants(of: index)
      for ingredient in parts[index].ingredients {
        for status in ingredient.recorded {
          let uri = status.url.flatMap(JUMBFURI.init)?.absolute(in: ingredient.target ?? "")
          let label = uri?.manifest ?? ingredient.target
          // Who uses an ingredient speaks of it and of what it leads to.
          guard let target = label.flatMap({ places[ExactString($0)] }), below.contains(target) else {
            continue
          }
          for code in Self.codes(status.code) {
            recorded[target, default: []].insert([code, uri?.text ?? ""])
          }
        }
      }
    }
    var deltas: [IngredientDelta] = []
    for index in contents.indices where graph.reachable.contains(index) {
      for ingredient in parts[index].ingredients {
        guard let target = ingredient.target.flatMap({ places[ExactString($0)] }), target != index else {
          continue
        }
        let known = recorded[target] ?? []
        var new = ValidationResults()
        for status in results[target].failure + results[target].informational
        where !known.contains([status.code.rawValue, status.url ?? ""])
          && !known.contains([status.code.rawValue, ""])
        {
          new.add(status)
        }
        guard !new.all.isEmpty else { continue }
        deltas.append(
          IngredientDelta(ingredient: ingredient.uri.text, manifest: contents[target].label, results: new))
      }
    }
    return deltas
  }

  /// Other writers have a word of their own for a certificate that was not valid.
  private static func codes(_ code: ValidationCode) -> [String] {
    code.rawValue == "signingCredential.expired"
      ? [code.rawValue, ValidationCode.Signature.outsideValidity.rawValue] : [code.rawValue]
  }

  private func manifest(_ index: Int) -> Manifest {
    let content = contents[index]
    let redacted = redactions[index] ?? []
    let bindings = parts[index].hardBindings
    return Manifest(
      label: content.label, kind: content.kind, isCompressed: content.isCompressed,
      isReferenced: graph.reachable.contains(index), claim: content.claim?.claim,
      claimSignature: signatures[index],
      assertions: parts[index].assertions.map { item in
        var assertion = item.content.assertion
        assertion.isRedacted = redacted.contains(item.content.uri)
        return assertion
      },
      actions: parts[index].actions.flatMap { $0.templates + $0.entries.map(\.action) },
      ingredients: parts[index].ingredients.map(\.ingredient),
      hardBinding: bindings.count == 1 ? bindings[0].assertion.label : nil,
      softBindings: parts[index].values(of: "c2pa.soft-binding").compactMap { $0["alg"]?.textValue },
      validationResults: results[index])
  }
}
