/// Where a file keeps a tensor that a model asks for.
struct KeyLocation: Equatable {
  /// The file's keys, of which the first that exists counts.
  let candidates: [String]
  /// Which part of the rows; `nil` for all of them.
  var part: RowPart?
}

/// One of several equal parts of a tensor's rows.
struct RowPart: Equatable {
  let index: Int
  let count: Int
}

extension KeyNaming {
  /// Where a file of this naming keeps the tensor that a model asks for as `canonical`.
  func location(of canonical: String) -> KeyLocation {
    if family == .timm, canonical.hasPrefix("classifier.") {
      let head = "head." + canonical.dropFirst("classifier.".count)
      return KeyLocation(candidates: prefix.isEmpty ? [head] : [head, prefix + head])
    }
    guard canonical.hasPrefix("vit.") else { return KeyLocation(candidates: [canonical]) }
    let (name, part) = family.spelling.spell(canonical.dropFirst("vit.".count))
    return KeyLocation(candidates: [prefix + name], part: part)
  }
}

/// How a family spells the names of ViT's modules and of those that other encoders have besides:
///
/// | asked for | what it is |
/// |---|---|
/// | `vit.embeddings.distillation_token`, `vit.embeddings.register_tokens` | tokens beside the CLS token |
/// | `vit.pre_layernorm.*` | CLIP's layer norm before the layers |
/// | `vit.encoder.layer.N.layer_scale1.lambda1`, `layer_scale2` | DINOv2's factors of attention and MLP |
/// | `vit.encoder.layer.N.swiglu.gate.*`, `up`, `down` | the gated MLP |
struct KeySpelling {
  /// What the keys of layers begin with, before their number.
  var layers = "encoder.layer."
  /// Modules within a layer that are called otherwise.
  var modules: [String: (name: String, part: RowPart?)] = [:]
  /// Beginnings of other keys that are called otherwise.
  var beginnings: [(asked: String, spelled: String)] = []

  /// The name of a tensor, without prefixes, and the part of it that is meant.
  func spell(_ name: Substring) -> (name: String, part: RowPart?) {
    if let (layer, module, leaf) = Self.layerParts(name) {
      let (spelled, part) = modules[String(module)] ?? (String(module), nil)
      return ("\(layers)\(layer).\(spelled).\(leaf)", part)
    }
    for (asked, spelled) in beginnings where name.hasPrefix(asked) {
      return (spelled + name.dropFirst(asked.count), nil)
    }
    return (String(name), nil)
  }

  /// Splits `encoder.layer.7.output.dense.bias` into `7`, `output.dense` and `bias`.
  private static func layerParts(
    _ name: Substring
  ) -> (layer: Substring, module: Substring, leaf: Substring)? {
    guard name.hasPrefix("encoder.layer.") else { return nil }
    let rest = name.dropFirst("encoder.layer.".count)
    guard let dot = rest.firstIndex(of: "."), let last = rest.lastIndex(of: "."), dot < last else {
      return nil
    }
    return (rest[..<dot], rest[rest.index(after: dot)..<last], rest[rest.index(after: last)...])
  }
}

extension KeyFamily {
  var spelling: KeySpelling {
    switch self {
    case .transformers4: KeySpelling()
    case .transformers5: Self.transformers5Spelling
    case .timm: Self.timmSpelling
    case .dinov2: Self.dinov2Spelling
    case .dinov2Transformers5: Self.dinov2Transformers5Spelling
    case .clip: Self.clipSpelling
    }
  }

  private static let transformers5Spelling = KeySpelling(
    layers: "layers.",
    modules: [
      "attention.attention.query": ("attention.q_proj", nil),
      "attention.attention.key": ("attention.k_proj", nil),
      "attention.attention.value": ("attention.v_proj", nil),
      "attention.output.dense": ("attention.o_proj", nil),
      "intermediate.dense": ("mlp.fc1", nil),
      "output.dense": ("mlp.fc2", nil),
    ])

  private static let timmSpelling = KeySpelling(
    layers: "blocks.",
    modules: [
      "attention.attention.query": ("attn.qkv", RowPart(index: 0, count: 3)),
      "attention.attention.key": ("attn.qkv", RowPart(index: 1, count: 3)),
      "attention.attention.value": ("attn.qkv", RowPart(index: 2, count: 3)),
      "attention.output.dense": ("attn.proj", nil),
      "layernorm_before": ("norm1", nil),
      "layernorm_after": ("norm2", nil),
      "intermediate.dense": ("mlp.fc1", nil),
      "output.dense": ("mlp.fc2", nil),
    ],
    beginnings: [
      ("embeddings.cls_token", "cls_token"),
      ("embeddings.position_embeddings", "pos_embed"),
      ("embeddings.patch_embeddings.projection.", "patch_embed.proj."),
      ("layernorm.", "norm."),
    ])

  private static let dinov2Spelling = KeySpelling(
    modules: [
      "layernorm_before": ("norm1", nil),
      "layernorm_after": ("norm2", nil),
      "intermediate.dense": ("mlp.fc1", nil),
      "output.dense": ("mlp.fc2", nil),
      "swiglu.gate": ("mlp.weights_in", RowPart(index: 0, count: 2)),
      "swiglu.up": ("mlp.weights_in", RowPart(index: 1, count: 2)),
      "swiglu.down": ("mlp.weights_out", nil),
    ])

  private static let dinov2Transformers5Spelling = KeySpelling(
    modules: [
      "attention.attention.query": ("attention.q_proj", nil),
      "attention.attention.key": ("attention.k_proj", nil),
      "attention.attention.value": ("attention.v_proj", nil),
      "attention.output.dense": ("attention.o_proj", nil),
      "layernorm_before": ("norm1", nil),
      "layernorm_after": ("norm2", nil),
      "intermediate.dense": ("mlp.fc1", nil),
      "output.dense": ("mlp.fc2", nil),
      "swiglu.gate": ("mlp.gate_proj", nil),
      "swiglu.up": ("mlp.up_proj", nil),
      "swiglu.down": ("mlp.down_proj", nil),
    ])

  private static let clipSpelling = KeySpelling(
    layers: "encoder.layers.",
    modules: [
      "attention.attention.query": ("self_attn.q_proj", nil),
      "attention.attention.key": ("self_attn.k_proj", nil),
      "attention.attention.value": ("self_attn.v_proj", nil),
      "attention.output.dense": ("self_attn.out_proj", nil),
      "layernorm_before": ("layer_norm1", nil),
      "layernorm_after": ("layer_norm2", nil),
      "intermediate.dense": ("mlp.fc1", nil),
      "output.dense": ("mlp.fc2", nil),
    ],
    beginnings: [
      ("embeddings.cls_token", "embeddings.class_embedding"),
      ("embeddings.position_embeddings", "embeddings.position_embedding.weight"),
      ("embeddings.patch_embeddings.projection.", "embeddings.patch_embedding."),
      ("pre_layernorm.", "pre_layrnorm."),
      ("layernorm.", "post_layernorm."),
    ])
}
