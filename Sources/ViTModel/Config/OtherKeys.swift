import Checkpoint

/// Keys of `config.json` that no model reads.
enum OtherKeys {
  /// Refuses keys of `config.json` that change what transformers computes and have no meaning here.
  ///
  /// The keys that are read are those that its model asks for. `Fixtures/config-keys` has what some hundred others do in
  /// transformers 5.23: these alone change the logits, and the rest have no effect.
  ///
  /// - Parameters:
  ///   - own: The part of the file that is the encoder's.
  ///   - ignoresCausality: Whether the model asks for no mask, whatever the key says.
  static func refuse(_ file: PretrainedConfig, _ own: PretrainedConfig, ignoresCausality: Bool) throws {
    // A mask that lets tokens see only those before them.
    if !ignoresCausality, let value = own.json["is_causal"], value != .bool(false), value != .null {
      throw own.unsupported("is_causal", reason: "attention sees all tokens here")
    }
    if let value = own.json["per_layer_config"], value != .null, value.objectValue?.members.isEmpty != true {
      throw own.unsupported("per_layer_config", reason: "all layers are alike here")
    }
    if let dtype = file.torchDType, ![.float16, .bfloat16, .float32, .float64].contains(dtype) {
      let key = file.contains("dtype") ? "dtype" : "torch_dtype"
      throw file.unsupported(
        key, reason: "PyTorch cannot run such a model; float32, float16, bfloat16 and float64 can be")
    }
  }
}
