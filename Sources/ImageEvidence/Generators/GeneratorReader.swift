internal import JSONText
internal import Platform

/// Finds which generator wrote the texts of a file. The order of the tests is from the specific to the general: the first
/// that fits names the tool.
struct GeneratorReader {
  /// What the file's texts are looked for in.
  struct Input {
    var texts: [RawMetadata.Text] = []
    var exif: [(block: EXIFBlock, place: String)] = []
    var xmp: [(packet: XMPPacket, place: String)] = []
    var iptc: [(records: IPTCRecords, place: String)] = []
    var trailer: [UInt8] = []
  }

  struct Candidate {
    let key: String
    let text: String
    let place: String
    let object: JSONObject?
  }

  let input: Input
  var candidates: [Candidate] = []
  let limits: EvidenceLimits

  init(_ input: Input, limits: EvidenceLimits) {
    self.input = input
    self.limits = limits
    for text in input.texts { add(text.key, text.value, text.place) }
    for (block, place) in input.exif {
      if let comment = block.userComment { add("UserComment", comment, "\(place), UserComment") }
      for (tag, name) in [
        (0x010E, "ImageDescription"), (0x010F, "Make"), (0x0110, "Model"), (0x0131, "Software"),
        (0x013B, "Artist"),
        (0x010D, "DocumentName"),
      ] {
        if let text = block.text(.first, tag) { add(name, text, "\(place), \(name)") }
      }
    }
  }

  private mutating func add(_ key: String, _ text: String, _ place: String) {
    candidates.append(Candidate(key: key, text: text, place: place, object: object(text)))
  }

  func object(_ text: String) -> JSONObject? { Self.object(text, limits: limits) }

  /// The object that a text is, by Python's rules: tools write `NaN`.
  static func object(_ text: String, limits: EvidenceLimits) -> JSONObject? {
    var body = text[...]
    while let last = body.unicodeScalars.last, last == "\0" { body.unicodeScalars.removeLast() }
    for prefix in ["workflow:", "prompt:", "Workflow:", "Prompt:", "Workflow: ", "Prompt: "]
    where body.hasPrefix(prefix) {
      body = body.dropFirst(prefix.count)
    }
    guard body.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return nil }
    let options = JSONParsingOptions(
      maximumDepth: limits.textDepth, maximumByteCount: limits.textBytes, maximumValueCount: 200_000,
      numbersFollowPython: true)
    return (try? JSONValue(parsing: Array(body.utf8), options: options))?.objectValue
  }

  func first(_ keys: String...) -> Candidate? { candidates.first { keys.contains($0.key) } }

  func text(_ key: String) -> String? { first(key)?.text }

  /// What the file says of how it was generated; nil where no test fits.
  var parameters: GenerationParameters? {
    let tests: [(Self) -> GenerationParameters?] = [
      { $0.novelAI }, { $0.invokeAI }, { $0.platforms }, { $0.swarmUI }, { $0.fooocus }, { $0.easyDiffusion },
      { $0.drawThings }, { $0.comfyUI }, { $0.webUI }, { $0.space }, { $0.midjourney }, { $0.xAI },
      { $0.byteDance }, { $0.samsung }, { $0.credits }, { $0.declared }, { $0.names }, { $0.job },
    ]
    for test in tests {
      if let found = test(self) { return found }
    }
    return nil
  }

  // MARK: Tools with texts of their own

  /// The text that holds NovelAI's signature.
  var signedComment: String? {
    let inner = novelAIComment.flatMap { $0.object?["Comment"]?.stringValue } ?? novelAIComment?.text
    return inner.flatMap { object($0)?["signed_hash"] == nil ? nil : $0 }
  }

  var novelAIComment: Candidate? {
    candidates.first { candidate in
      ["Comment", "UserComment"].contains(candidate.key) && candidate.object != nil
    }
  }

  var novelAI: GenerationParameters? {
    let software = text("Software") ?? ""
    let comment = novelAIComment
    // In EXIF the object holds the text of another.
    var object = comment?.object
    if let inner = object?["Comment"]?.stringValue { object = self.object(inner) }
    let isOurs = ["v4_prompt", "noise_schedule", "signed_hash"].contains { object?[$0] != nil }
    guard software.hasPrefix("NovelAI") || isOurs else { return nil }
    let place = comment?.place ?? first("Software")?.place ?? ""
    var found = GenerationParameters(.novelAI, place: place, rawText: comment?.text)
    found.prompt = object?["prompt"]?.stringValue ?? text("Description") ?? text("ImageDescription")
    found.negativePrompt = object?["uc"]?.stringValue
    found.steps = object?["steps"]?.integerValue
    found.guidanceScale = object?["scale"]?.numberValue
    found.seed = seed(object?["seed"])
    found.sampler = object?["sampler"]?.stringValue
    found.scheduler = object?["noise_schedule"]?.stringValue
    (found.width, found.height) = (object?["width"]?.integerValue, object?["height"]?.integerValue)
    found.origin = text("Source") ?? (software.isEmpty ? nil : software)
    return found
  }

  var invokeAI: GenerationParameters? {
    if let candidate = first("invokeai_metadata"), let object = candidate.object {
      var found = GenerationParameters(.invokeAI, place: candidate.place, rawText: candidate.text)
      fill(
        &found, object, prompt: "positive_prompt", negative: "negative_prompt", scale: "cfg_scale",
        sampler: "scheduler")
      found.toolVersion = object["app_version"]?.stringValue
      found.modelName = object["model"]?.objectValue?["name"]?.stringValue
      found.modelHash = object["model"]?.objectValue?["hash"]?.stringValue
      found.hasImageInput = object["generation_mode"]?.stringValue?.contains("img2img") == true
      return found
    }
    if let candidate = first("sd-metadata"), let object = candidate.object {
      var found = GenerationParameters(.invokeAI, place: candidate.place, rawText: candidate.text)
      found.toolVersion = object["app_version"]?.stringValue
      found.modelName = object["model_weights"]?.stringValue ?? object["model"]?.stringValue
      found.modelHash = object["model_hash"]?.stringValue
      if let image = object["image"]?.objectValue {
        fill(&found, image, prompt: "prompt", negative: "", scale: "cfg_scale", sampler: "sampler")
        found.prompt = found.prompt ?? image["prompt"]?.arrayValue?.first?.objectValue?["prompt"]?.stringValue
      }
      return found
    }
    guard let candidate = first("Dream"), candidate.text.hasPrefix("\""),
      let end = candidate.text.dropFirst().lastIndex(of: "\"")
    else { return nil }
    var found = GenerationParameters(.invokeAI, place: candidate.place, rawText: candidate.text)
    found.prompt = String(candidate.text[..<end].dropFirst())
    let words = candidate.text[end...].dropFirst().split(separator: " ")
    func value(_ flag: Substring) -> String? {
      words.firstIndex(of: flag).flatMap { words.indices.contains($0 + 1) ? String(words[$0 + 1]) : nil }
    }
    found.steps = value("-s").flatMap { Int($0) }
    found.seed = value("-S").flatMap { UInt64($0) }
    found.guidanceScale = value("-C").flatMap { Double($0) }
    found.sampler = value("-A")
    (found.width, found.height) = (value("-W").flatMap { Int($0) }, value("-H").flatMap { Int($0) })
    return found
  }

  /// Services that host other tools and put texts of their own beside theirs.
  var platforms: GenerationParameters? {
    for (keys, tool) in [
      (["generation_data"], GenerationParameters.Tool.tensorArt),
      (["smproj", "parameters-json"], .stabilityMatrix), (["extraMetadata"], .civitai),
    ] {
      guard let candidate = candidates.first(where: { keys.contains($0.key) && $0.object != nil }) else {
        continue
      }
      var found =
        webUI ?? comfyUI ?? GenerationParameters(tool, place: candidate.place, rawText: candidate.text)
      found.tool = tool
      if let object = candidate.object, tool == .tensorArt {
        found.prompt = object["prompt"]?.stringValue ?? found.prompt
        found.modelName = object["baseModel"]?.objectValue?["modelFileName"]?.stringValue ?? found.modelName
      }
      return found
    }
    return nil
  }

  var swarmUI: GenerationParameters? {
    for candidate in candidates {
      guard let object = candidate.object?["sui_image_params"]?.objectValue else { continue }
      var found = GenerationParameters(.swarmUI, place: candidate.place, rawText: candidate.text)
      fill(
        &found, object, prompt: "prompt", negative: "negativeprompt", scale: "cfgscale", sampler: "sampler")
      found.scheduler = object["scheduler"]?.stringValue
      found.modelName = object["model"]?.stringValue
      found.toolVersion = object["swarm_version"]?.stringValue
      return found
    }
    return nil
  }

  var fooocus: GenerationParameters? {
    for candidate in candidates {
      guard let object = candidate.object, candidate.key != "prompt" else { continue }
      let isRuined = object["software"]?.stringValue == "RuinedFooocus"
      let isPlain =
        object["prompt"]?.stringValue != nil && object["base_model"]?.stringValue != nil
        || object["version"]?.stringValue?.hasPrefix("Fooocus") == true
      guard isRuined || isPlain else { continue }
      var found = GenerationParameters(
        isRuined ? .ruinedFooocus : .fooocus, place: candidate.place, rawText: candidate.text)
      fill(
        &found, object, prompt: "prompt", negative: "negative_prompt", scale: "guidance_scale",
        sampler: "sampler")
      found.scheduler = object["scheduler"]?.stringValue
      found.modelName = object["base_model"]?.stringValue
      found.modelHash = object["base_model_hash"]?.stringValue
      found.toolVersion = object["version"]?.stringValue
      found.setSize(object["resolution"]?.stringValue)
      return found
    }
    return nil
  }

  var easyDiffusion: GenerationParameters? {
    let key = "use_stable_diffusion_model"
    if let candidate = candidates.first(where: { $0.object?[key] != nil }), let object = candidate.object {
      var found = GenerationParameters(.easyDiffusion, place: candidate.place, rawText: candidate.text)
      fill(
        &found, object, prompt: "prompt", negative: "negative_prompt", scale: "guidance_scale",
        sampler: "sampler_name", steps: "num_inference_steps")
      found.modelName = object[key]?.stringValue
      return found
    }
    guard let model = first(key) else { return nil }
    var found = GenerationParameters(.easyDiffusion, place: model.place)
    found.modelName = model.text
    (found.prompt, found.negativePrompt) = (text("prompt"), text("negative_prompt"))
    found.sampler = text("sampler_name")
    found.steps = text("num_inference_steps").flatMap { Int($0) }
    found.guidanceScale = text("guidance_scale").flatMap { Double($0) }
    found.seed = text("seed").flatMap { UInt64($0) }
    (found.width, found.height) = (text("width").flatMap { Int($0) }, text("height").flatMap { Int($0) })
    return found
  }

  var drawThings: GenerationParameters? {
    for (packet, place) in input.xmp
    where packet[XMPPacket.Namespace.basic, "CreatorTool"]?.hasPrefix("Draw Things") == true {
      let comment = packet[XMPPacket.Namespace.exif, "UserComment"]
      var found = GenerationParameters(.drawThings, place: place, rawText: comment)
      if let object = comment.flatMap({ self.object($0) }) {
        fill(&found, object, prompt: "c", negative: "uc", scale: "scale", sampler: "sampler")
        found.modelName = object["model"]?.stringValue
        found.setSize(object["size"]?.stringValue)
      }
      return found
    }
    return nil
  }

  var comfyUI: GenerationParameters? {
    var found: GenerationParameters?
    for candidate in candidates {
      guard let object = candidate.object else { continue }
      // The graph itself, or beside the editor's under a key of an object.
      if let graph = (object["prompt"]?.objectValue ?? object["Prompt"]?.objectValue).flatMap(ComfyGraph.init)
        ?? ComfyGraph(object)
      {
        var whole = GenerationParameters(.comfyUI, place: candidate.place, rawText: candidate.text)
        graph.fill(&whole)
        return whole
      }
      let editor = object["workflow"]?.objectValue ?? object
      if found == nil, editor["nodes"]?.arrayValue != nil, editor["links"]?.arrayValue != nil {
        found = GenerationParameters(.comfyUI, place: candidate.place, rawText: candidate.text)
      }
    }
    return found
  }

  var webUI: GenerationParameters? {
    for candidate in candidates {
      guard candidate.object == nil, let text = WebUIText(candidate.text) else { continue }
      return text.parameters(place: candidate.place, rawText: candidate.text)
    }
    return nil
  }

  var space: GenerationParameters? {
    for candidate in candidates {
      guard let object = candidate.object, object["Model"]?.stringValue != nil, object["resolution"] != nil
      else {
        continue
      }
      var found = GenerationParameters(.huggingFaceSpace, place: candidate.place, rawText: candidate.text)
      fill(
        &found, object, prompt: "prompt", negative: "negative_prompt", scale: "guidance_scale",
        sampler: "sampler",
        steps: "num_inference_steps")
      found.modelName = object["Model"]?.stringValue
      found.modelHash = object["Model hash"]?.stringValue
      found.setSize(object["resolution"]?.stringValue)
      return found
    }
    return nil
  }

  func fill(
    _ found: inout GenerationParameters, _ object: JSONObject, prompt: String, negative: String,
    scale: String,
    sampler: String, steps: String = "steps"
  ) {
    found.prompt = object[prompt]?.stringValue
    found.negativePrompt = object[negative]?.stringValue
    found.guidanceScale = object[scale]?.numberValue
    found.sampler = object[sampler]?.stringValue
    found.steps = object[steps]?.integerValue
    found.seed = seed(object["seed"])
    (found.width, found.height) = (object["width"]?.integerValue, object["height"]?.integerValue)
  }

  /// Some write it as text.
  func seed(_ value: JSONValue?) -> UInt64? {
    if case .unsigned(let number) = value { return number }
    return value?.integerValue.flatMap { UInt64(exactly: $0) } ?? value?.stringValue.flatMap { UInt64($0) }
  }
}

extension StringProtocol {
  /// The first place of a text, by bytes.
  func range(ofText text: String) -> Range<Index>? {
    let (bytes, wanted) = (self.utf8, Array(text.utf8))
    guard let first = wanted.first else { return nil }
    var index = bytes.startIndex
    while let start = bytes[index...].firstIndex(of: first) {
      if bytes[start...].starts(with: wanted) { return start..<bytes.index(start, offsetBy: wanted.count) }
      index = bytes.index(after: start)
    }
    return nil
  }
}
