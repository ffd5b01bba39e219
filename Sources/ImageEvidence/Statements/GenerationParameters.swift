/// What a generator wrote into the file about how it made the image. Anybody can write such text, or remove it.
///
/// Strings stand as in the file, unescaped: whoever shows them escapes them. Prompts are personal data.
public struct GenerationParameters: Sendable, Hashable, Codable {
  /// The tool that writes text of this form.
  public enum Tool: String, Sendable, Codable, CaseIterable {
    case stableDiffusionWebUI = "stable-diffusion-webui"
    case forge, reForge = "reforge", forgeClassic = "forge-classic", forgeNeo = "forge-neo"
    case sdNext = "sd.next"
    case civitai
    /// Text of the same form as the web UI's, by a tool that does not name itself.
    case webUICompatible = "a1111-compatible"
    case comfyUI = "comfyui"
    case invokeAI = "invokeai"
    case novelAI = "novelai"
    case swarmUI = "swarmui"
    case fooocus, ruinedFooocus = "ruined-fooocus"
    case easyDiffusion = "easy-diffusion"
    case drawThings = "draw-things"
    case tensorArt = "tensorart"
    case stabilityMatrix = "stability-matrix"
    case huggingFaceSpace = "hf-space"
    /// A job of Hugging Face, which names the host and no model.
    case huggingFaceJob = "hf-job"
    case midjourney
    case xAI = "xai"
    case byteDance = "bytedance"
    case ideogram, luma, dallE = "dall-e", firefly, imagePlayground = "image-playground", leonardo, reve,
      recraft, krea
    case appleCleanUp = "apple-clean-up"
    case samsungGalaxyAI = "samsung-galaxy-ai"
    case googleAI = "google-ai"
    case metaAI = "meta-ai"
    /// A system that is named by IPTC's properties alone; `modelName` is what they name.
    case iptc
  }

  /// The tool.
  public var tool: Tool
  /// Its version, as it writes it.
  public var toolVersion: String?
  /// What was asked for.
  public var prompt: String?
  /// What was to be avoided.
  public var negativePrompt: String?
  /// The model's name or file.
  public var modelName: String?
  /// The model's hash.
  public var modelHash: String?
  /// The sampler.
  public var sampler: String?
  /// The scheduler of noise.
  public var scheduler: String?
  /// The number of steps.
  public var steps: Int?
  /// The scale of guidance (CFG).
  public var guidanceScale: Double?
  /// The seed.
  public var seed: UInt64?
  /// The width that it declares, in pixels.
  public var width: Int?
  /// The height that it declares, in pixels.
  public var height: Int?
  /// What else names where it comes from: NovelAI's source, a job's id.
  public var origin: String?
  /// Whether an image was given to it, as far as the text says.
  public var hasImageInput = false
  /// The text as it stands in the file.
  public var rawText: String?
  /// Where it stands.
  public var place: String

  init(_ tool: Tool, place: String, rawText: String? = nil) {
    self.tool = tool
    self.place = place
    self.rawText = rawText
  }

  /// The same without what the user wrote: prompts and the text that holds them.
  public var withoutPrompts: GenerationParameters {
    var copy = self
    (copy.prompt, copy.negativePrompt, copy.rawText) = (nil, nil, nil)
    return copy
  }

  /// Whether it says enough to make the image again, for an image of this size.
  func isComplete(width: Int?, height: Int?) -> Bool {
    guard prompt != nil, seed != nil, steps != nil else { return false }
    guard let mine = self.width, let other = self.height, let width, let height else { return true }
    return (mine, other) == (width, height)
  }

  /// A size as tools write it: `64x48`, `64 x 48`, `(64, 48)`.
  mutating func setSize(_ text: String?) {
    let numbers = (text ?? "").split { !$0.isNumber }.compactMap { Int($0) }
    if numbers.count == 2 { (width, height) = (numbers[0], numbers[1]) }
  }
}
