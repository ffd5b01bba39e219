/// What the keys say that a model did not ask for.
enum UnexpectedKeys {
  /// The keys that stand in a module beside a `weight` that the model needs, or below it, and are no `bias`.
  ///
  /// The modules that have a `weight` here have nothing else. What other programs put there says how the weight is
  /// meant: `SCB`, `weight_scale`, `weight.absmax`, `qweight`, `g_idx`, `lora_A.default.weight`, `weight_mask`.
  static func companions(in keys: [String], of needed: Set<String>) -> [String] {
    let weight = ".weight"
    let modules = Set(needed.lazy.filter { $0.hasSuffix(weight) }.map { $0.dropLast(weight.count) })
    guard !modules.isEmpty else { return [] }
    return keys.filter { key in
      var end = key.endIndex
      while let dot = key[..<end].lastIndex(of: ".") {
        if modules.contains(key[..<dot]) {
          let rest = key[key.index(after: dot)...]
          return rest != "bias" && rest != "weight"
        }
        end = dot
      }
      return false
    }
  }

  /// The key that says of some weights that they are rounded, in one of the ways that are seen.
  static func quantization(in keys: [String]) -> String? {
    let leaves: Set<Substring> = [
      "SCB", "weight_format", "qweight", "qzeros", "scales", "g_idx", "zero_point", "weight_zero_point",
      "weight_scale", "weight_scale_inv", "weight_global_scale", "weight_packed", "weight_shape",
      "input_scale",
      "input_zero_point", "absmax", "nested_absmax", "quant_map", "nested_quant_map", "_data", "_scale",
    ]
    return keys.first { key in
      leaves.contains(key[(key.lastIndex(of: ".").map(key.index(after:)) ?? key.startIndex)...])
        || key.split(separator: ".").contains("quant_state")
    }
  }

  /// What stands before the names of most of the tensors that are missing.
  static func prefix(of keys: [String], hiding missing: [String], _ naming: KeyNaming) -> String? {
    // A file of other programs may have the encoder's keys without their prefix.
    for start in ["", naming.prefix] {
      let wanted = missing.map { $0.hasPrefix(start) ? $0.dropFirst(start.count) : $0[...] }
      guard let first = wanted.first, let found = keys.first(where: { $0.hasSuffix("." + first) }) else {
        continue
      }
      let prefix = found.dropLast(first.count)
      let all = Set(keys)
      let count = wanted.count { all.contains(String(prefix + $0)) }
      if count * 2 > wanted.count { return String(prefix) }
    }
    return nil
  }
}
