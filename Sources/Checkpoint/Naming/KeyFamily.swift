/// The names under which programs keep the tensors of one and the same kind of encoder.
///
/// A model asks for the names that `transformers` 4.x defined for ViT and that every version still writes to disk
/// (`vit.encoder.layer.0.attention.attention.query.weight`), with more of the same kind for what other encoders have
/// besides (`KeySpelling`); a family says where a file has them.
public enum KeyFamily: String, Sendable, CaseIterable {
  /// The names on disk of `transformers`, all versions: ViT and DeiT.
  case transformers4
  /// The names that the modules of `transformers` 5 have in memory (`vit.layers.0.attention.q_proj.weight`).
  case transformers5
  /// The names of `timm`, where query, key and value are the thirds of one tensor (`blocks.0.attn.qkv.weight`).
  case timm
  /// The names on disk of DINOv2 (`dinov2.encoder.layer.0.norm1.weight`).
  case dinov2
  /// The names that DINOv2's modules have in `transformers` 5 (`dinov2.encoder.layer.0.attention.q_proj.weight`).
  case dinov2Transformers5
  /// The names of the vision towers of CLIP and SigLIP (`vision_model.encoder.layers.0.self_attn.q_proj.weight`).
  case clip
}

/// How one file spells its keys: the family, and what the encoder's keys begin with.
public struct KeyNaming: Sendable, Hashable, CustomStringConvertible {
  /// The family.
  public let family: KeyFamily
  /// What the encoder's keys begin with, such as `vit.`; may be empty.
  public let prefix: String

  /// Makes a naming.
  public init(family: KeyFamily, prefix: String) {
    self.family = family
    self.prefix = prefix
  }

  /// What `ViTForImageClassification` is saved as.
  public static let vit = KeyNaming(family: .transformers4, prefix: "vit.")

  /// The family's name, and the prefix where it is there.
  public var description: String {
    family.rawValue + (prefix.isEmpty ? " without prefix" : " with the prefix \(prefix)")
  }

  /// Finds out how a file spells its keys, from the layers' keys and those of the embeddings.
  ///
  /// The naming that explains most keys is taken.
  ///
  /// - Parameters:
  ///   - names: The file's keys.
  ///   - expected: What transformers would have saved such a model as. Only spellings of the same kind of encoder are
  ///     considered then, with the same prefix or none: the weights of another model are not mistaken for it. Of
  ///     equals, and where none explains any key, it is taken, so that a report says what it missed under the names
  ///     that people know.
  public init(detectingIn names: some Sequence<String>, expected: KeyNaming? = nil) {
    var votes: [KeyNaming: Int] = [:]
    let families = expected?.family.relatives ?? KeyFamily.allCases
    let prefixes = expected.map { [$0.prefix] } ?? Self.prefixes
    for name in names {
      let prefix = prefixes.first { name.hasPrefix($0) } ?? ""
      let rest = name.dropFirst(prefix.count)
      for family in families where family.explains(rest) {
        votes[KeyNaming(family: family, prefix: prefix), default: 0] += 1
      }
    }
    let most = votes.values.max() ?? 0
    let best = votes.filter { $0.value == most }.keys
    let fallback = expected ?? .vit
    self = best.contains(fallback) ? fallback : best.min { $0.rank < $1.rank } ?? fallback
  }

  /// What the encoders' keys begin with in the files of the models that there are.
  private static let prefixes = ["vit.", "deit.", "dinov2.", "dinov2_with_registers.", "vision_model."]

  /// An order, so that equals are decided the same way every time: the first families and a prefix come first.
  private var rank: (Int, Int) {
    (KeyFamily.allCases.firstIndex(of: family) ?? 0, prefix.isEmpty ? 1 : 0)
  }
}

extension KeyFamily {
  /// The families of the same kind of encoder.
  fileprivate var relatives: [KeyFamily] {
    switch self {
    case .transformers4, .transformers5, .timm: [.transformers4, .transformers5, .timm]
    case .dinov2, .dinov2Transformers5: [.dinov2, .dinov2Transformers5]
    case .clip: [.clip]
    }
  }

  /// Whether a key without its prefix is one of this family's. Keys that families have in common count for each.
  fileprivate func explains(_ key: Substring) -> Bool {
    func layer(_ start: String, _ parts: [String]) -> Bool {
      key.hasPrefix(start) && parts.contains { key.contains($0) }
    }
    switch self {
    case .transformers4:
      return key.hasPrefix("embeddings.")
        || layer("encoder.layer.", [".attention.attention.", ".attention.output.", ".layernorm_", ".dense."])
    case .transformers5: return key.hasPrefix("embeddings.") || key.hasPrefix("layers.")
    case .timm: return key.hasPrefix("blocks.") || key.hasPrefix("patch_embed.") || key == "pos_embed"
    case .dinov2:
      return key.hasPrefix("embeddings.")
        || layer(
          "encoder.layer.",
          [
            ".attention.attention.", ".attention.output.", ".norm", ".mlp.fc", ".mlp.weights_",
            ".layer_scale",
          ])
    case .dinov2Transformers5:
      return key.hasPrefix("embeddings.")
        || layer("encoder.layer.", ["_proj.", ".norm", ".mlp.fc", ".layer_scale"])
    case .clip:
      return key.hasPrefix("embeddings.") || key.hasPrefix("encoder.layers.")
        || key.hasPrefix("pre_layrnorm.")
    }
  }
}
