/// The text of AUTOMATIC1111's web UI and its kin: prompt, negative prompt, and a last line of settings.
struct WebUIText {
  private(set) var prompt = ""
  private(set) var negativePrompt: String?
  private(set) var settings: [String: String] = [:]

  /// - Returns: Nil for text of another form: the settings must begin with the steps and have two more of those that
  ///   every tool writes.
  init?(_ text: String) {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    // From the end: the word may stand in a prompt.
    guard let start = lines.lastIndex(where: { $0.hasPrefix("Steps: ") }) else { return nil }
    for (key, value) in Self.pairs(lines[start...].joined(separator: "\n")) where settings[key] == nil {
      settings[key] = value
    }
    let known = ["Sampler", "CFG scale", "Seed", "Size", "Model", "Model hash"]
    guard settings["Steps"].flatMap({ Int($0) }) != nil, known.count(where: { settings[$0] != nil }) >= 2
    else {
      return nil
    }
    var head = lines[..<start]
    if let negative = head.firstIndex(where: { $0.hasPrefix("Negative prompt:") }) {
      let text = head[negative...].joined(separator: "\n").dropFirst("Negative prompt:".count)
      negativePrompt = String(text.drop { $0 == " " })
      head = head[..<negative]
    }
    prompt = head.joined(separator: "\n")
  }

  /// `Key: value` between commas; commas within quotes and brackets are the value's.
  private static func pairs(_ text: String) -> [(String, String)] {
    var found: [(String, String)] = []
    var (depth, isQuoted, isEscaped) = (0, false, false)
    var part = ""
    func finish() {
      guard let colon = part.firstIndex(of: ":") else { return }
      let key = part[..<colon].drop { $0 == " " || $0 == "\n" }
      var value = part[part.index(after: colon)...].drop { $0 == " " }
      while value.last == " " || value.last == "\n" { value.removeLast() }
      if value.count > 1, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
      if !key.isEmpty, key.count <= 64 { found.append((String(key), String(value))) }
    }
    for character in text {
      if isEscaped {
        isEscaped = false
      } else if character == "\\", isQuoted {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if !isQuoted, character == "{" || character == "[" {
        depth += 1
      } else if !isQuoted, character == "}" || character == "]" {
        depth = Swift.max(0, depth - 1)
      } else if !isQuoted, depth == 0, character == "," {
        finish()
        part = ""
        continue
      }
      part.append(character)
    }
    finish()
    return found
  }

  /// The tool by the fields that only it writes.
  var tool: GenerationParameters.Tool {
    if settings["App"] == "SD.Next" { return .sdNext }
    if settings["Civitai resources"] != nil { return .civitai }
    guard let version = settings["Version"] else { return .webUICompatible }
    switch version {
    case "classic": return .forgeClassic
    case "neo": return .forgeNeo
    case _ where version.hasPrefix("ComfyUI"): return .comfyUI
    case _ where version.hasPrefix("Fooocus"): return .fooocus
    case _ where version.first == "f" && version.dropFirst().first?.isNumber == true:
      return version.contains("-v") ? .reForge : .forge
    case _ where version.first == "v" && version.dropFirst().first?.isNumber == true:
      return .stableDiffusionWebUI
    default: return .webUICompatible
    }
  }

  func parameters(place: String, rawText: String) -> GenerationParameters {
    var found = GenerationParameters(tool, place: place, rawText: rawText)
    found.toolVersion = settings["Version"]
    found.prompt = prompt
    found.negativePrompt = negativePrompt
    found.modelName = settings["Model"]
    found.modelHash = settings["Model hash"]
    found.sampler = settings["Sampler"]
    found.scheduler = settings["Schedule type"]
    found.steps = settings["Steps"].flatMap { Int($0) }
    found.guidanceScale = settings["CFG scale"].flatMap { Double($0) }
    found.seed = settings["Seed"].flatMap { UInt64($0) }
    found.setSize(settings["Size"])
    found.hasImageInput = settings["Denoising strength"] != nil && settings["Hires upscale"] == nil
    return found
  }
}
