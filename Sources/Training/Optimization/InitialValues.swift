import Checkpoint
import TensorCore
import ViTModel

/// How the parameters of a network begin that nothing was taught yet: the distributions of transformers 5.23.
///
/// The numbers are our own: a seed gives the same network on every machine, and not PyTorch's.
package struct InitialValues: Sendable {
  private let modelType: String
  /// `initializer_range` of the encoder.
  private let range: Double
  /// `initializer_factor` of the encoder, and of the model around it.
  private let factor: (encoder: Double, model: Double)

  /// Reads the keys of a `config.json` that say how a network begins.
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type; `OptimizationError.setting`.
  package init(_ file: PretrainedConfig, modelType: String) throws {
    self.modelType = modelType
    let own =
      ["clip", "metaclip_2", "siglip", "siglip2"].contains(modelType)
      ? try file.section("vision_config", override: modelType == "siglip" ? nil : "vision_config_dict") : file
    range = try own.number("initializer_range", default: 0.02, allowingInteger: true)
    factor = (
      try own.number("initializer_factor", default: 1, allowingInteger: true),
      try file.number("initializer_factor", default: 1, allowingInteger: true)
    )
    // A cut at 2 takes most of what a larger deviation gives.
    try OptimizerSettings.check("initializer_range", range, range > 0 && range <= 2, "above 0 and at most 2")
    for factor in [factor.encoder, factor.model] {
      try OptimizerSettings.check(
        "initializer_factor", factor, factor > 0 && factor <= 1000, "above 0 and at most 1000")
    }
  }

  /// Fills a buffer with initial values.
  ///
  /// - Parameters:
  ///   - layout: The network's.
  ///   - seed: Of the run.
  ///   - isWanted: Which parameters: a classifier with new labels, for one.
  /// - Throws: `OptimizationError.noInitialValues`, before anything is written.
  package func fill(
    _ values: FlatBuffer, _ layout: ParameterLayout, seed: UInt64, _ context: ParallelContext,
    where isWanted: (Parameter) -> Bool = { _ in true }
  ) throws(OptimizationError) {
    let wanted = layout.parameters.filter(isWanted)
    var distributions: [InitialDistribution] = []
    for parameter in wanted {
      distributions.append(try distribution(of: parameter, layers: layout.lastDepth - 1))
    }
    let all = distributions
    context.parallelFor(wanted.count) { index, _ in
      all[index].fill(values.values(wanted[index].range), seed: seed, name: wanted[index].name)
    }
  }

  /// What a parameter is drawn from.
  ///
  /// - Parameter layers: Of the network.
  package func distribution(
    of parameter: Parameter, layers: Int
  ) throws(OptimizationError) -> InitialDistribution {
    switch parameter.role {
    case .normWeight: return .constant(1)
    case .normBias: return .constant(0)
    case .layerScale(let initial): return .constant(Double(initial))
    case .weight, .bias, .token: break
    }
    let name = parameter.name
    switch modelType {
    case "vit", "deit", "vit_msn", "ijepa", "dinov2", "dinov2_with_registers", "convnext",
      "convnextv2":
      return plain(parameter)
    case "siglip", "siglip_vision_model": return siglip(parameter)
    case "clip", "metaclip_2": return clip(parameter, layers: Double(layers))
    case "timm_wrapper": return timm(parameter)
    default: break
    }
    throw .noInitialValues(parameter: name, model: modelType)
  }

  private func plain(_ parameter: Parameter) -> InitialDistribution {
    switch parameter.role {
    case .weight:
      return modelType == "ijepa" || modelType.hasPrefix("dinov2")
        ? .truncatedNormal(deviation: range) : .normal(deviation: range)
    case .token:
      // Of DINOv2's tokens the registers begin at 0.
      return modelType == "deit" || modelType == "vit_msn" || parameter.name.hasSuffix("register_tokens")
        ? .constant(0) : .truncatedNormal(deviation: range)
    default: return .constant(0)
    }
  }

  /// transformers draws the weights anew, and leaves the tokens as timm made them.
  private func timm(_ parameter: Parameter) -> InitialDistribution {
    switch parameter.role {
    case .weight: .normal(deviation: range)
    case .token where parameter.name.hasSuffix("cls_token") || parameter.name.hasSuffix("reg_token"):
      .normal(deviation: 1e-6)
    case .token: .truncatedNormal(deviation: 0.02)
    default: .constant(0)
    }
  }

  private func siglip(_ parameter: Parameter) -> InitialDistribution {
    let name = parameter.name
    let inputs = Double(parameter.shape.dropFirst().reduce(1, *))
    switch parameter.role {
    case .bias: return name.contains(".mlp.") ? .normal(deviation: 1e-6) : .constant(0)
    case .token where name.hasSuffix("position_embedding.weight"):
      return .normal(deviation: 1 / inputs.squareRoot())
    // [1, 1, width]: PyTorch takes the width for a convolution's extent.
    case .token: return .uniform(bound: (6 / (2 * Double(parameter.count))).squareRoot())
    default: break
    }
    if parameter.isClassifier { return .normal(deviation: inputs.squareRoot() / inputs * factor.model) }
    if name.contains(".self_attn.") || name.contains(".mlp.") || name.hasSuffix("in_proj_weight") {
      return .uniform(bound: (6 / (inputs + Double(parameter.shape[0]))).squareRoot())
    }
    // The patches, and the projection of the pooling head: LeCun's, with the deviation that a cut at 2 deviations would
    // take to the root of 1 / inputs.
    return .truncatedNormal(deviation: (1 / inputs).squareRoot() / 0.87962566103423978)
  }

  private func clip(_ parameter: Parameter, layers: Double) -> InitialDistribution {
    let name = parameter.name
    guard parameter.role != .bias else { return .constant(0) }
    if name.hasSuffix("patch_embedding.weight") || name.hasSuffix("position_embedding.weight") {
      return .normal(deviation: range * factor.encoder)
    }
    let columns = Double(parameter.shape.last ?? 1)
    // The MLP's second matrix is the transpose of the first in shape.
    let width = name.hasSuffix("mlp.fc2.weight") ? Double(parameter.shape[0]) : columns
    let root = 1 / width.squareRoot()
    if parameter.isClassifier { return .normal(deviation: root * factor.model) }
    if name.hasSuffix("out_proj.weight") || parameter.role == .token {
      return .normal(deviation: root * factor.encoder)
    }
    if name.hasSuffix("mlp.fc1.weight") {
      return .normal(deviation: 1 / (2 * width).squareRoot() * factor.encoder)
    }
    return .normal(deviation: root / (2 * layers).squareRoot() * factor.encoder)
  }
}
