/// An ingredient with what it refers to, and what is wrong with it.
struct IngredientContent: Sendable {
  private(set) var ingredient: Ingredient
  /// The JUMBF URI of its assertion.
  let uri: JUMBFURI
  /// The reference to its manifest.
  private(set) var manifest: HashedURI?
  /// The reference to that manifest's signature.
  private(set) var signature: HashedURI?
  /// Thumbnails and the like.
  private(set) var resources: [HashedURI] = []
  /// Every status that its user recorded, of whatever manifest.
  private(set) var recorded: [ValidationStatus] = []
  /// What is against the form of ingredients; nil where nothing is.
  private(set) var problem: String?

  /// The manifest that it names.
  var target: String? { ingredient.activeManifest }

  init(_ value: CBORValue, kind: String, label: String, list: AssertionList, uri: JUMBFURI) {
    self.uri = uri
    let relationship = value["relationship"]?.textValue
    ingredient = Ingredient(
      assertion: label, relationship: relationship.flatMap(Ingredient.Relationship.init(rawValue:)),
      title: value["dc:title"]?.textValue, format: value["dc:format"]?.textValue, activeManifest: nil,
      digitalSourceType: value["digitalSourceType"]?.textValue, list: list, recordedResults: nil)
    if ingredient.relationship == nil {
      problem = relationship.map { "its relationship \($0.shown) is not known" } ?? "it has no relationship"
    }
    let isThird = kind == "c2pa.ingredient.v3"
    readManifest(value[isThird ? "activeManifest" : "c2pa_manifest"])
    if isThird { readThird(value) }
    for status in value["validationStatus"]?.arrayValue ?? [] { record(status) }
    resources = ["thumbnail", "data"].compactMap { HashedURI(value[$0]) }
  }

  private mutating func readManifest(_ value: CBORValue?) {
    guard let value else { return }
    guard let reference = HashedURI(value), let target = JUMBFURI(reference.url)?.manifest else {
      problem = problem ?? "its manifest is not named by a reference with a hash"
      return
    }
    manifest = reference
    ingredient.activeManifest = target
  }

  private mutating func readThird(_ value: CBORValue) {
    if let reference = value["claimSignature"] {
      signature = HashedURI(reference)
      if signature == nil { problem = problem ?? "claimSignature is no reference with a hash" }
    }
    let results = value["validationResults"]
    guard (results != nil) == (value["activeManifest"] != nil) else {
      problem =
        problem
        ?? (results == nil
          ? "it names a manifest and not what was found of it" : "it records findings about no manifest")
      return
    }
    guard let results else { return }
    var found = ValidationResults()
    for status in Self.statuses(results["activeManifest"]) {
      found.add(status)
      recorded.append(status)
    }
    ingredient.recordedResults = found
    for delta in results["ingredientDeltas"]?.arrayValue ?? [] {
      recorded += Self.statuses(delta["validationDeltas"])
    }
  }

  private static func statuses(_ value: CBORValue?) -> [ValidationStatus] {
    ["success", "informational", "failure"].flatMap { value?[$0]?.arrayValue ?? [] }.compactMap(status)
  }

  private static func status(_ value: CBORValue) -> ValidationStatus? {
    guard let code = value["code"]?.textValue else { return nil }
    return ValidationStatus(
      ValidationCode(rawValue: code), url: value["url"]?.textValue,
      explanation: value["explanation"]?.textValue ?? "")
  }

  private mutating func record(_ value: CBORValue) {
    guard let status = Self.status(value) else { return }
    recorded.append(status)
    var results = ingredient.recordedResults ?? ValidationResults()
    results.add(status)
    ingredient.recordedResults = results
  }
}
