import Checkpoint
import Layers

/// The shape of one of timm's Vision Transformers: an encoder of ViT's kind by another name.
struct TIMMConfig: Sendable, Equatable {
  /// timm's name of it.
  let architecture: String
  let arguments: TIMMArguments
  var numLabels: Int
  /// The same in the terms of the encoder.
  let encoder: ViTConfig

  /// Reads a `config.json`.
  ///
  /// The size of the images is that of `model_args`, else what `pretrained_cfg` fixes, else the architecture's: timm's own
  /// order. (transformers leaves out the second, and fails where it is needed.)
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type, and for a network that is not computed here.
  init(_ file: PretrainedConfig, labels: Int) throws {
    guard file.contains("pretrained_cfg") else {
      throw file.invalidValue(
        "pretrained_cfg", expected: "an object, as newer versions of timm write")
    }
    // transformers would take a ResNet where there is none.
    guard file.contains("architecture") else {
      throw file.invalidValue("architecture", expected: "the name of one of timm's models")
    }
    architecture = try file.string("architecture", default: "")
    guard var arguments = TIMMArchitectures.arguments(of: architecture) else {
      throw file.unsupported("architecture", reason: Self.known(beside: architecture))
    }
    let pretrained = try file.section("pretrained_cfg")
    if try pretrained.bool("fixed_input_size", default: false), pretrained.contains("input_size") {
      let size = try pretrained.ints("input_size", default: [])
      guard size.count == 3 else {
        throw pretrained.invalidValue("input_size", expected: "a list of channels, height and width")
      }
      arguments.channels = size[0]
      arguments.imageSize = ImageExtent(height: size[1], width: size[2])
    }
    if let value = pretrained.json["label_offset"], value != .null, value != .integer(0) {
      throw pretrained.unsupported(
        "label_offset", reason: "timm leaves out the first classes of such weights")
    }
    let own = try file.section("model_args")
    try arguments.read(own)
    if own.contains("num_classes"), own.json["num_classes"] != .null {
      guard try own.int("num_classes", default: labels) == labels else {
        throw own.unsupported("num_classes", reason: "the file itself says that there are \(labels)")
      }
    }
    self.arguments = arguments
    numLabels = labels
    encoder = try arguments.encoder(own, labels: labels)
  }

  private static func known(beside name: String) -> String {
    let size = name.split(separator: "_").prefix { !$0.hasPrefix("patch") }.joined(separator: "_") + "_"
    let near = TIMMArchitectures.names.filter { $0.hasPrefix(size) }
    return near.isEmpty
      ? "of timm's models the plain Vision Transformers are known, whose names begin with "
        + TIMMArchitectures.sizes.joined(separator: ", ")
      : "known are " + near.joined(separator: ", ")
  }
}

extension TIMMConfig: NetworkConfiguration {
  package var definition: ModelDefinition { TIMM.definition }
  package var imageSize: ImageExtent { encoder.imageSize }
  package var numChannels: Int { encoder.numChannels }
  package var outputSize: Int { encoder.outputSize }
  /// timm refuses other sizes than the model's own.
  package var acceptsAnySize: Bool { false }
  package var smallestImage: ImageExtent { encoder.imageSize }
  package var summary: String { "\(architecture): \(encoder.summary)" }

  package func validate() throws(ViTConfigError) { try encoder.validate() }

  package func network(_ builder: NetworkBuilder) throws -> any Network { try ViTNetwork(builder, encoder) }
}

extension TIMMArguments {
  /// The encoder that timm makes of these arguments.
  ///
  /// - Parameter file: The `model_args`, for errors.
  /// - Throws: `CheckpointError` for what timm refuses or is not computed here, `ViTConfigError`.
  fileprivate func encoder(_ file: PretrainedConfig, labels: Int) throws -> ViTConfig {
    guard numHeads <= 0 || embedDim.isMultiple(of: numHeads) else {
      throw ViTConfigError.headsDoNotDivide(hiddenSize: embedDim, heads: numHeads)
    }
    var config = ViTConfig()
    config.hiddenSize = embedDim
    config.numHiddenLayers = depth
    config.numAttentionHeads = numHeads
    config.imageSize = imageSize
    config.patchSize = patchSize
    config.numChannels = channels
    config.numLabels = labels
    config.qkvBias = qkvBias
    config.layerNormEps = epsilon
    config.numRegisterTokens = regTokens
    config.useSwiGLU = isGated
    config.hiddenAct = try activationName(file)
    config.intermediateSize = try mlpSize()
    config.traits = try traits(file)
    return config
  }

  private func traits(_ file: PretrainedConfig) throws -> ViTTraits {
    var traits = ViTTraits(definition: TIMM.definition)
    let isMean = pooling == "avg"
    guard isMean || pooling == "token" else {
      throw file.unsupported("global_pool", pooling, reason: "\"token\" and \"avg\" are computed here")
    }
    guard isMean || classToken else {
      throw file.unsupported("class_token", "false", reason: "global_pool \"token\" needs it")
    }
    traits.specialTokens = []
    if classToken {
      traits.specialTokens.append(.init(name: "cls_token", hasPosition: !noEmbedClass, isRegister: false))
    }
    if regTokens > 0 {
      traits.specialTokens.append(
        .init(name: "register_tokens", hasPosition: !noEmbedClass, isRegister: true))
    }
    traits.pooling = isMean ? .mean : .classToken
    if isDistilled {
      guard !isMean, classToken, regTokens == 0 else {
        throw file.unsupported(
          "global_pool", pooling,
          reason: "a distilled model has a class and a distillation token and no other")
      }
      traits.specialTokens.append(
        .init(name: "distillation_token", hasPosition: !noEmbedClass, isRegister: false))
      traits.pooling = .classAndDistillationTokens
      traits.classifierNames = ["classifier", "distillation_classifier"]
    }
    guard !(isDistilled && hasNormBehindPooling) else {
      throw file.unsupported("fc_norm", "true", reason: "timm leaves out that of a distilled model")
    }
    traits.hasPatchBias = !preNorm
    traits.hasLayerNormBefore = preNorm
    traits.hasLayerNormAfter = finalNorm && !hasNormBehindPooling
    traits.hasLayerNormBehindPooling = finalNorm && hasNormBehindPooling
    traits.hasLayerScale = hasLayerScale
    traits.hasOneSize = true
    return traits
  }

  /// The name that transformers has for `act_layer`.
  private func activationName(_ file: PretrainedConfig) throws -> String {
    let names = [
      "gelu": "gelu", "gelu_tanh": "gelu_pytorch_tanh", "quick_gelu": "quick_gelu", "relu": "relu",
      "relu6": "relu6", "leaky_relu": "leaky_relu", "silu": "silu", "swish": "silu", "mish": "mish",
      "sigmoid": "sigmoid", "tanh": "tanh", "hard_swish": "hardswish", "hardswish": "hardswish",
      "identity": "linear", "": "gelu",
    ]
    guard let name = names[activation.lowercased()] else {
      throw file.unsupported(
        "act_layer", activation, reason: "known are " + names.keys.sorted().joined(separator: ", "))
    }
    guard !isGated || name == "silu" else {
      throw file.unsupported("act_layer", activation, reason: "the gate of this architecture is silu here")
    }
    return name
  }

  /// The width of the MLP's hidden layer. That of a gated one is the half of its first layer's.
  private func mlpSize() throws(ViTConfigError) -> Int {
    let size = mlpRatio * Double(embedDim)
    guard size.isFinite, size >= 1 else { throw .invalidNumber(key: "mlp_ratio", value: mlpRatio) }
    guard size <= Double(ConfigBounds.largest) else {
      throw .tooLarge(key: "mlp_ratio", value: Int(min(size, 1e18)), limit: ConfigBounds.largest)
    }
    guard !isGated || Int(size).isMultiple(of: 2) else {
      throw .invalidNumber(key: "mlp_ratio", value: mlpRatio)
    }
    return isGated ? Int(size) / 2 : Int(size)
  }
}

extension PretrainedConfig {
  /// The error for a value that the architecture may give and not the file.
  fileprivate func unsupported(_ key: String, _ value: String, reason: String) -> CheckpointError {
    CheckpointError(file: file, problem: .unsupported(key: key, found: value, reason: reason))
  }
}
