import TensorCore

/// What a forward pass gives: `transformers`' `ImageClassifierOutput`.
public struct ImageClassifierOutput: Sendable {
  /// One score per label before any normalisation, [batch, labels].
  public let logits: Tensor
  /// On request, the residual stream after the embeddings and after each layer, the last one before the final layer
  /// norm: [batch, tokens, width] each. For Swin, after each stage instead, when its tokens have been merged;
  /// for ConvNeXt, after each stage.
  public let hiddenStates: [Tensor]?
  /// On request, each layer's attention probabilities, [batch, heads, tokens, tokens]. For Swin, those of the last block
  /// of each stage, [batch * windows, heads, tokens, tokens]; for ConvNeXt none.
  public let attentions: [Tensor]?
  /// Those that were asked for and that the model has, [batch, width] each: `AutoModelForImageClassification.featureWidths`.
  public let features: [ImageFeature: Tensor]
}
