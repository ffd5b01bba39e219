extension GeneratedLabels {
  /// What a label of a detector says of an image.
  public enum Meaning: Sendable, CaseIterable {
    /// A program made it, the whole or (`Deepfake`) a part of it.
    case generated
    /// A camera or a person made it.
    case real
  }

  /// What a label means by the spellings of the published detectors; `nil` where none of them has it.
  ///
  /// Upper and lower case are the same, and so are `_`, `-` and a space.
  public static func spelling(_ label: String) -> Meaning? { meanings[normalized(label)] }

  private static func normalized(_ label: String) -> String {
    String(label.lowercased().map { $0 == "_" || $0 == "-" ? " " : $0 })
  }

  private static let meanings = Dictionary(
    spellings.map { (normalized($0.label), $0.meaning) }, uniquingKeysWith: { first, _ in first })

  /// A label as it is spelt somewhere.
  struct Spelling {
    let label: String
    let meaning: Meaning
    /// The detectors on the Hugging Face Hub that have it, or where else it was seen.
    let sources: [String]

    init(_ label: String, _ meaning: Meaning, _ sources: String...) {
      self.label = label
      self.meaning = meaning
      self.sources = sources
    }
  }

  /// The table. A label is added with its source, and only where it can mean nothing else in a detector of generated
  /// images: a label of another kind of classifier must not be read as one.
  static let spellings: [Spelling] = [
    Spelling(
      "artificial", .generated, "Organika/sdxl-detector", "umm-maybe/AI-image-detector",
      "haywoodsloan/ai-image-detector-deploy", "Smogy/SMOGY-Ai-images-detector", "XenArcAI/AIRealNet",
      "prithivMLmods/AI-vs-Deepfake-vs-Real-Siglip2 (its second version)"),
    Spelling(
      "ai", .generated, "Ateeqq/ai-vs-human-image-detector", "Nahrawy/AIorNot",
      "prithivMLmods/AI-vs-Deepfake-vs-Real-Siglip2"),
    Spelling(
      "AI-generated", .generated, "dima806/ai_vs_human_generated_image_detection",
      "capcheck/ai-human-generated-image-detection"),
    Spelling("ai_gen", .generated, "configurations on the Hub, beside not_ai_gen"),
    Spelling("AiArtData", .generated, "the folders of a set of generated and painted art, beside RealArt"),
    Spelling(
      "fake", .generated, "dima806/ai_vs_real_image_detection", "dima806/deepfake_vs_real_image_detection",
      "capcheck/ai-image-detection", "jacoballessio/ai-image-detect", "WpythonW/dinoV2-deepfake-detector"),
    // A face in a photograph that a network put there or changed.
    Spelling(
      "Deepfake", .generated, "prithivMLmods/AI-vs-Deepfake-vs-Real-Siglip2",
      "prithivMLmods/Deep-Fake-Detector-v2-Model"),

    // Generators.
    Spelling("sd", .generated, "NYUAD-ComNets/NYUAD_AI-generated_images_detector"),
    Spelling(
      "dalle", .generated, "NYUAD-ComNets/NYUAD_AI-generated_images_detector",
      "yaya36095/ai-source-detector"),
    Spelling("stable_diffusion", .generated, "yaya36095/ai-source-detector"),
    Spelling("midjourney", .generated, "yaya36095/ai-source-detector"),
    Spelling("other_ai", .generated, "yaya36095/ai-source-detector"),

    Spelling(
      "real", .real, "haywoodsloan/ai-image-detector-deploy", "dima806/ai_vs_real_image_detection",
      "dima806/deepfake_vs_real_image_detection", "capcheck/ai-image-detection",
      "jacoballessio/ai-image-detect", "Nahrawy/AIorNot", "XenArcAI/AIRealNet",
      "NYUAD-ComNets/NYUAD_AI-generated_images_detector", "yaya36095/ai-source-detector",
      "prithivMLmods/AI-vs-Deepfake-vs-Real-Siglip2", "WpythonW/dinoV2-deepfake-detector"),
    Spelling(
      "human", .real, "Organika/sdxl-detector", "umm-maybe/AI-image-detector",
      "Smogy/SMOGY-Ai-images-detector", "dima806/ai_vs_human_generated_image_detection",
      "capcheck/ai-human-generated-image-detection"),
    Spelling("hum", .real, "Ateeqq/ai-vs-human-image-detector"),
    Spelling("Realism", .real, "prithivMLmods/Deep-Fake-Detector-v2-Model"),
    Spelling("not_ai_gen", .real, "configurations on the Hub, beside ai_gen"),
    Spelling("RealArt", .real, "the folders of a set of generated and painted art, beside AiArtData"),
  ]
}
