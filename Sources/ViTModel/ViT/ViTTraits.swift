/// What the models of ViT's kind have otherwise than each other.
///
/// They are one encoder: patches and some special tokens with positions, layers of attention and MLP, each after a layer
/// norm and added to its input, and a linear classifier. Each has its own values in its own folder.
package struct ViTTraits: Sendable, Equatable {
  /// A token that is no patch.
  package struct SpecialToken: Sendable, Equatable {
    /// Its name in a file of ViT.
    let name: String
    /// Whether the position table has a row for it.
    let hasPosition: Bool
    /// Whether there are `numRegisterTokens` of them, not one.
    let isRegister: Bool

    static let cls = SpecialToken(name: "cls_token", hasPosition: true, isRegister: false)
    static let distillation = SpecialToken(name: "distillation_token", hasPosition: true, isRegister: false)
    static let registers = SpecialToken(name: "register_tokens", hasPosition: false, isRegister: true)
  }

  /// What the classifier looks at.
  package enum Pooling: Sendable {
    /// The first token.
    case classToken
    /// The first two tokens, each with a classifier of its own; the logits are their mean.
    case classAndDistillationTokens
    /// The first token, and beside it the mean of the patches.
    case classTokenAndMean
    /// The mean of the patches.
    case mean
  }

  /// The model.
  package var definition: ModelDefinition
  /// The tokens before the patches.
  var specialTokens: [SpecialToken] = [.cls]
  var pooling = Pooling.classToken
  /// The scopes of the classifiers in a file.
  var classifierNames = ["classifier"]
  /// Whether the tables of tokens and positions have no axis for the batch, and the heads must divide the width.
  var isFlat = false
  /// Whether the keys have a bias where queries and values have one.
  var hasKeyBias = true
  /// Whether the projection of the patches has a bias.
  var hasPatchBias = true
  /// Whether there is a layer norm before the layers.
  var hasLayerNormBefore = false
  /// Whether there is one after them.
  var hasLayerNormAfter = true
  /// Whether there is one behind the pooling, of what the classifier looks at.
  var hasLayerNormBehindPooling = false
  /// Whether what a layer adds is multiplied by factors of its own.
  var hasLayerScale = false
  /// Whether the position table is resampled for images of any size without being asked.
  var acceptsAnySize = false
  /// Whether it is resampled with antialiasing.
  var isResampledWithAntialiasing = false
  /// Whether it is resampled by triangles, not by cubics.
  var isResampledLinearly = false
  /// Whether images are whole patches that the image processor has cut: projected by a linear layer, the channels of a pixel
  /// side by side.
  var hasWholePatches = false
  /// Whether images of another size are refused, whatever is asked for.
  var hasOneSize = false

  package static func == (a: ViTTraits, b: ViTTraits) -> Bool {
    a.definition.className == b.definition.className
  }
}
