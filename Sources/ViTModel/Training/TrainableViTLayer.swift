import Layers
import TensorCore

/// One encoder layer in training.
struct TrainableViTLayer: Sendable {
  let layernormBefore: TrainableLayerNorm
  let attention: TrainableAttention
  /// What each feature that attention adds is multiplied by.
  let attentionScale: ParameterPlace?
  let layernormAfter: TrainableLayerNorm
  let mlp: TrainableMLP
  let mlpScale: ParameterPlace?

  /// - Parameter initialScale: What the factors of layer scale begin at.
  init(_ builder: ParameterBuilder, _ config: ViTConfig, _ activation: Activation, initialScale: Float) {
    let (width, inner) = (config.hiddenSize, config.intermediateSize)
    func norm(_ name: String) -> TrainableLayerNorm {
      TrainableLayerNorm(builder.scoped(name), size: width, epsilon: config.layerNormEps)
    }
    func scale(_ name: String) -> ParameterPlace? {
      guard config.traits.hasLayerScale else { return nil }
      return builder.scoped(name).parameter(
        "lambda1", shape: [width], .layerScale(initial: initialScale))
    }
    func project(_ name: String, bias: Bool = true) -> TrainableLinear {
      TrainableLinear(
        builder.scoped("attention.attention").scoped(name), inFeatures: width, outFeatures: config.innerSize,
        bias: config.qkvBias && bias)
    }
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> TrainableLinear {
      TrainableLinear(builder.scoped(name), inFeatures: inputs, outFeatures: outputs)
    }
    layernormBefore = norm("layernorm_before")
    attention = TrainableAttention(
      query: project("query"), key: project("key", bias: config.traits.hasKeyBias), value: project("value"),
      output: linear("attention.output.dense", config.innerSize, width), heads: config.numAttentionHeads,
      headSize: config.headDim)
    attentionScale = scale("layer_scale1")
    layernormAfter = norm("layernorm_after")
    mlp =
      config.useSwiGLU
      ? TrainableMLP(
        gate: linear("swiglu.gate", width, inner), up: linear("swiglu.up", width, inner),
        linear("swiglu.down", inner, width))
      : TrainableMLP(
        linear("intermediate.dense", width, inner), activation, linear("output.dense", inner, width))
    mlpScale = scale("layer_scale2")
  }
}
