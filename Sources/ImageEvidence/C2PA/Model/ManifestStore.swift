/// A C2PA manifest store: who states what about an image, and what of it holds.
///
/// Texts are those of the file, not escaped: whoever shows them on a terminal or a page has to.
public struct ManifestStore: Sendable, Hashable, Codable {
  /// In the order of the file. Those that the active manifest does not lead to are listed, and not validated.
  public internal(set) var manifests: [Manifest] = []
  /// The label of the manifest that speaks of the image: the last one.
  public internal(set) var activeLabel: String?
  /// How far the active manifest, and all that it leads to, can be relied on.
  public internal(set) var validationState: ValidationState = .invalid
  /// Findings about the store and its active manifest.
  public internal(set) var validationResults = ValidationResults()
  /// Findings about ingredients that those who used them have not recorded.
  public internal(set) var ingredientDeltas: [IngredientDelta] = []

  /// The manifest that speaks of the image; nil where none could be read.
  public var activeManifest: Manifest? { activeLabel.flatMap(manifest(labelled:)) }

  /// The manifest with a label.
  public func manifest(labelled label: String) -> Manifest? {
    manifests.first { $0.label.utf8.elementsEqual(label.utf8) }
  }
}

/// One manifest: a claim, its signature and its assertions.
public struct Manifest: Sendable, Hashable, Codable {
  /// What a manifest is for.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// It speaks of an asset.
    case standard
    /// It adds to what the manifest of its parent says, and leaves the asset as it is.
    case update
  }

  /// Its name in the store.
  public internal(set) var label: String
  /// What it is for.
  public internal(set) var kind: Kind
  /// Whether it was stored compressed.
  public internal(set) var isCompressed: Bool
  /// Whether the active manifest is it or leads to it.
  public internal(set) var isReferenced: Bool
  /// Nil where there is none that can be read.
  public internal(set) var claim: Claim?
  /// Nil where there is none that can be read.
  public internal(set) var claimSignature: ClaimSignature?
  /// In the order of the claim.
  public internal(set) var assertions: [Assertion]
  /// Of all assertions of actions, in order.
  public internal(set) var actions: [Action]
  /// What went into it.
  public internal(set) var ingredients: [Ingredient]
  /// The label of the assertion that binds it to the bytes of an asset; nil where there is not exactly one.
  public internal(set) var hardBinding: String?
  /// Names of watermarks and fingerprints that it speaks of (`alg` of soft bindings).
  public internal(set) var softBindings: [String]
  /// Findings about it, its ingredients' manifests apart.
  public internal(set) var validationResults: ValidationResults

  /// Assertions that the signer makes itself.
  public var createdAssertions: [Assertion] { assertions.filter { $0.list == .created } }
  /// Assertions that the signer merely passes on, and does not vouch for.
  public var gatheredAssertions: [Assertion] { assertions.filter { $0.list == .gathered } }
}
