/// One of several equal parts of a tensor's rows.
package struct RowPart: Equatable, Sendable {
  package let index: Int
  package let count: Int

  package init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }
}

/// How a family spells the names of an encoder's modules.
package struct KeySpelling: Sendable {
  /// The name of a module, and the part of its rows that is meant.
  package typealias Module = (name: String, part: RowPart?)

  /// What the names of layers begin with when they are asked for, and how many steps of the path are a layer's number:
  /// one for `7`, three for `0.blocks.7`.
  let asked: (layers: String, steps: Int)
  /// What the keys of layers begin with, before their number.
  let layers: String
  /// Modules within a layer that are called otherwise, and tensors by their whole name that are called quite otherwise.
  let modules: [String: Module]
  /// Beginnings of the encoder's other keys that are called otherwise.
  let beginnings: [(asked: String, spelled: String)]
  /// Tensors outside the layers that are a part of another.
  let parts: [String: Module]
  /// The same of keys outside the encoder.
  let heads: [(asked: String, spelled: String)]
  /// What a file may have besides that nothing asks for and that must not be left out.
  let strangers: Strangers?

  package init(
    asked: (layers: String, steps: Int) = ("encoder.layer.", 1), layers: String = "encoder.layer.",
    modules: [String: Module] = [:], beginnings: [(asked: String, spelled: String)] = [],
    parts: [String: Module] = [:],
    heads: [(asked: String, spelled: String)] = [], strangers: Strangers? = nil
  ) {
    self.asked = asked
    self.layers = layers
    self.modules = modules
    self.beginnings = beginnings
    self.parts = parts
    self.heads = heads
    self.strangers = strangers
  }

  /// Keys of a program's other models, under the names of which this one is read too: their numbers hang on them.
  package struct Strangers: Sendable {
    /// Beginnings of keys outside the layers.
    let beginnings: [String]
    /// Whether every module of a layer that is not in `modules` is one.
    let modulesOfLayers: Bool

    package init(beginnings: [String], modulesOfLayers: Bool) {
      self.beginnings = beginnings
      self.modulesOfLayers = modulesOfLayers
    }
  }

  /// The name of a tensor, without prefixes, and the part of it that is meant.
  func spell(_ name: Substring) -> Module {
    if let (layer, module, leaf) = layerParts(name) {
      if let (spelled, part) = modules["\(module).\(leaf)"] { return ("\(layers)\(layer).\(spelled)", part) }
      let (spelled, part) = modules[String(module)] ?? (String(module), nil)
      return ("\(layers)\(layer).\(spelled).\(leaf)", part)
    }
    if let module = parts[String(name)] { return module }
    for (asked, spelled) in beginnings where name.hasPrefix(asked) {
      return (spelled + name.dropFirst(asked.count), nil)
    }
    return (String(name), nil)
  }

  /// Splits `encoder.layer.7.output.dense.bias` into `7`, `output.dense` and `bias`.
  private func layerParts(
    _ name: Substring
  ) -> (layer: Substring, module: Substring, leaf: Substring)? {
    guard name.hasPrefix(asked.layers) else { return nil }
    let rest = name.dropFirst(asked.layers.count)
    var dot = rest.startIndex
    for step in 0..<asked.steps {
      let start = step == 0 ? dot : rest.index(after: dot)
      guard let next = rest[start...].firstIndex(of: ".") else { return nil }
      dot = next
    }
    guard let last = rest.lastIndex(of: "."), dot < last else { return nil }
    return (rest[..<dot], rest[rest.index(after: dot)..<last], rest[rest.index(after: last)...])
  }

  /// Those of some keys that must not be left out.
  func strangers(in keys: [String], prefix: String) -> [String] {
    guard let strangers else { return [] }
    let known = Set(modules.values.map(\.name))
    return keys.filter { key in
      let rest = key.dropFirst(key.hasPrefix(prefix) ? prefix.count : 0)
      let steps = rest.split(separator: ".")
      guard strangers.modulesOfLayers, rest.hasPrefix(layers), steps.count > 3 else {
        return strangers.beginnings.contains { rest.hasPrefix($0) }
      }
      return !known.contains(steps[2..<(steps.count - 1)].joined(separator: "."))
    }
  }
}
