/// The names under which programs keep the tensors of one and the same Vision Transformer.
///
/// A model asks for the names that `transformers` 4.x defined and that every version still writes to disk
/// (`vit.encoder.layer.0.attention.attention.query.weight`); a family says where a file has them.
public enum KeyFamily: String, Sendable, CaseIterable {
  /// The names on disk of `transformers`, all versions.
  case transformers4
  /// The names that the modules of `transformers` 5 have in memory (`vit.layers.0.attention.q_proj.weight`).
  case transformers5
  /// The names of `timm`, where query, key and value are the thirds of one tensor (`blocks.0.attn.qkv.weight`).
  case timm
}

/// How one file spells its keys: the family, and whether the encoder's keys begin with `vit.`.
public struct KeyNaming: Sendable, Equatable, CustomStringConvertible {
  /// The family.
  public let family: KeyFamily
  /// Whether the encoder's keys begin with `vit.`.
  public let hasPrefix: Bool

  /// Makes a naming.
  public init(family: KeyFamily, hasPrefix: Bool) {
    self.family = family
    self.hasPrefix = hasPrefix
  }

  /// The family's name, and the prefix where it is there.
  public var description: String {
    family.rawValue + (hasPrefix ? " with the prefix vit." : " without prefix")
  }

  /// Finds out how a file spells its keys, from the layers' keys and those of the embeddings.
  ///
  /// The naming that explains most keys is taken. Where none explains any, it is the one that `transformers`
  /// writes, so that a report says what it missed under the names that people know.
  public init(detectingIn names: some Sequence<String>) {
    var votes: [Int] = [Int](repeating: 0, count: Self.all.count)
    for name in names {
      for (index, naming) in Self.all.enumerated() where naming.explains(name) { votes[index] += 1 }
    }
    // The first of equals wins: `all` begins with the default.
    let best = votes.indices.max { (votes[$0], -$0) < (votes[$1], -$1) } ?? 0
    self = Self.all[best]
  }

  private static let all: [KeyNaming] = KeyFamily.allCases.flatMap { family in
    [KeyNaming(family: family, hasPrefix: true), KeyNaming(family: family, hasPrefix: false)]
  }

  private func explains(_ name: String) -> Bool {
    var rest = Substring(name)
    if hasPrefix {
      guard name.hasPrefix("vit.") else { return false }
      rest = rest.dropFirst(4)
    }
    return switch family {
    case .transformers4: rest.hasPrefix("encoder.layer.") || rest.hasPrefix("embeddings.")
    case .transformers5: rest.hasPrefix("layers.") || rest.hasPrefix("embeddings.")
    case .timm: rest.hasPrefix("blocks.") || rest.hasPrefix("patch_embed.") || rest == "pos_embed"
    }
  }
}

/// Where a file keeps a tensor that a model asks for.
struct KeyLocation: Equatable {
  /// The file's keys, of which the first that exists counts.
  let candidates: [String]
  /// Which third of the rows; `nil` for all of them.
  var third: Int?
}

extension KeyNaming {
  /// Where a file of this naming keeps the tensor that `transformers` calls `canonical` on disk.
  func location(of canonical: String) -> KeyLocation {
    if family == .timm, canonical.hasPrefix("classifier.") {
      let head = "head." + canonical.dropFirst("classifier.".count)
      return KeyLocation(candidates: hasPrefix ? [head, "vit." + head] : [head])
    }
    guard canonical.hasPrefix("vit.") else { return KeyLocation(candidates: [canonical]) }
    let rest = String(canonical.dropFirst("vit.".count))
    let (name, third) =
      switch family {
      case .transformers4: (rest, Int?.none)
      case .transformers5: (Self.transformers5Name(rest), Int?.none)
      case .timm: Self.timmName(rest)
      }
    return KeyLocation(candidates: [(hasPrefix ? "vit." : "") + name], third: third)
  }

  /// Splits `encoder.layer.7.output.dense.bias` into `7`, `output.dense` and `bias`.
  private static func layerParts(_ name: String) -> (layer: Substring, module: Substring, leaf: Substring)? {
    guard name.hasPrefix("encoder.layer.") else { return nil }
    let rest = name.dropFirst("encoder.layer.".count)
    guard let dot = rest.firstIndex(of: "."), let last = rest.lastIndex(of: "."), dot < last else {
      return nil
    }
    return (rest[..<dot], rest[rest.index(after: dot)..<last], rest[rest.index(after: last)...])
  }

  private static func transformers5Name(_ name: String) -> String {
    guard let (layer, module, leaf) = layerParts(name) else { return name }
    return "layers.\(layer).\(transformers5Modules[String(module)] ?? String(module)).\(leaf)"
  }

  private static let transformers5Modules = [
    "attention.attention.query": "attention.q_proj",
    "attention.attention.key": "attention.k_proj",
    "attention.attention.value": "attention.v_proj",
    "attention.output.dense": "attention.o_proj",
    "intermediate.dense": "mlp.fc1",
    "output.dense": "mlp.fc2",
  ]

  private static func timmName(_ name: String) -> (name: String, third: Int?) {
    if let (layer, module, leaf) = layerParts(name) {
      guard let (timmModule, third) = timmModules[String(module)] else { return (name, nil) }
      return ("blocks.\(layer).\(timmModule).\(leaf)", third)
    }
    for (ours, theirs) in timmTops where name.hasPrefix(ours) {
      return (theirs + name.dropFirst(ours.count), nil)
    }
    return (name, nil)
  }

  private static let timmModules: [String: (module: String, third: Int?)] = [
    "attention.attention.query": ("attn.qkv", 0),
    "attention.attention.key": ("attn.qkv", 1),
    "attention.attention.value": ("attn.qkv", 2),
    "attention.output.dense": ("attn.proj", nil),
    "layernorm_before": ("norm1", nil),
    "layernorm_after": ("norm2", nil),
    "intermediate.dense": ("mlp.fc1", nil),
    "output.dense": ("mlp.fc2", nil),
  ]

  private static let timmTops = [
    ("embeddings.cls_token", "cls_token"),
    ("embeddings.position_embeddings", "pos_embed"),
    ("embeddings.patch_embeddings.projection.", "patch_embed.proj."),
    ("layernorm.", "norm."),
  ]
}
