/// A vector that a network makes of an image before its classifier: an embedding.
///
/// All are of the final states, which are `last_hidden_state` of the base model of `transformers` (`ViTModel`,
/// `SwinModel`, ...): after the final layer norm, but in CLIP, whose base model returns them without it.
public enum ImageFeature: String, Sendable, CaseIterable, Codable {
  /// The CLS token, `last_hidden_state[:, 0]`. Models without such a token do not have it.
  case cls
  /// What the model itself makes of the states for whoever comes after it: of a base model `pooler_output`, with CLIP's
  /// projection `image_embeds`; of a classifier what its linear layer reads.
  case pooled
  /// The mean of the patches, without CLS and other special tokens.
  case mean
}
