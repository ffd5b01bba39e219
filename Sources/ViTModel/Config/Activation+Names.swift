import TensorCore

extension Activation {
  /// The function that `hidden_act` names.
  ///
  /// - Throws: `ViTConfigError.unknownActivation`, also for `prelu` and `xielu`, which have weights.
  init(named name: String) throws(ViTConfigError) {
    self =
      switch name {
      case "gelu", "gelu_python": .gelu
      case "gelu_10": .geluClipped10
      case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh": .geluTanh
      case "quick_gelu": .quickGelu
      case "relu": .relu
      case "silu", "swish": .silu
      case "relu2": .reluSquared
      case "relu6": .relu6
      case "leaky_relu": .leakyRelu
      case "hardswish": .hardswish
      case "sigmoid": .sigmoid
      case "tanh": .tanh
      case "mish": .mish
      case "laplace": .laplace
      case "sqrtsoftplus": .sqrtSoftplus
      case "linear": .linear
      default: throw .unknownActivation(name)
      }
  }
}
