internal import JSONText

/// ComfyUI's graph of nodes, as far as it says what the first sampler got.
struct ComfyGraph {
  private let nodes: JSONObject

  /// - Returns: Nil for an object whose members are no nodes.
  init?(_ object: JSONObject) {
    guard object.members.contains(where: { $0.value.objectValue?["class_type"]?.stringValue != nil }) else {
      return nil
    }
    nodes = object
  }

  func fill(_ found: inout GenerationParameters) {
    let samplers = nodes.members.compactMap { node -> JSONObject? in
      guard let type = node.value.objectValue?["class_type"]?.stringValue, type.contains("Sampler") else {
        return nil
      }
      return node.value.objectValue?["inputs"]?.objectValue
    }
    guard let sampler = samplers.first(where: { $0["positive"] != nil }) ?? samplers.first else { return }
    found.prompt = follow(sampler["positive"], to: ["text", "text_g"])?.stringValue
    found.negativePrompt = follow(sampler["negative"], to: ["text", "text_g"])?.stringValue
    found.seed = number(sampler["seed"] ?? sampler["noise_seed"], in: ["seed", "noise_seed", "value"])
    found.steps = number(sampler["steps"], in: ["steps", "value"]).flatMap { Int(exactly: $0) }
    found.guidanceScale = sampler["cfg"]?.numberValue
    found.sampler = sampler["sampler_name"]?.stringValue
    found.scheduler = sampler["scheduler"]?.stringValue
    found.modelName = follow(sampler["model"], to: ["ckpt_name", "unet_name"])?.stringValue
    found.width = follow(sampler["latent_image"], to: ["width"])?.integerValue
    found.height = follow(sampler["latent_image"], to: ["height"])?.integerValue
    found.hasImageInput = follow(sampler["latent_image"], to: ["image"]) != nil
  }

  private func number(_ value: JSONValue?, in keys: [String]) -> UInt64? {
    switch value {
    case .unsigned(let number): number
    case .array: number(follow(value, to: keys), in: [])
    default: value?.integerValue.flatMap { UInt64(exactly: $0) }
    }
  }

  /// The first input of one of these names that is no link, on the way back from a link. A graph may have circles.
  private func follow(_ link: JSONValue?, to keys: [String]) -> JSONValue? {
    var visited: Set<String> = []
    var open = link.map { [$0] } ?? []
    while let next = open.popLast(), visited.count < 1_000 {
      guard let target = next.arrayValue, target.count == 2 else { continue }
      let id = target[0].stringValue ?? target[0].integerValue.map(String.init)
      guard let id, visited.insert(id).inserted, let inputs = nodes[id]?.objectValue?["inputs"]?.objectValue
      else {
        continue
      }
      for key in keys {
        if let value = inputs[key], value.arrayValue == nil { return value }
      }
      // The last is looked at first: a text's own link before others.
      open += inputs.members.map(\.value).filter { $0.arrayValue != nil }.reversed()
      if let own = keys.lazy.compactMap({ inputs[$0] }).first { open.append(own) }
    }
    return nil
  }
}
