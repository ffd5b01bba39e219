#if CLI
  import AIGuardDefaultModel
  import AIGuardPhotoModel
  import AIGuardVision

  /// A model that is part of the tool, by the name that `--model` takes: nothing else begins like it, because no id on the
  /// Hub has a colon, and a folder of that name is `./builtin:...`.
  enum BuiltInModel: String, CaseIterable {
    /// For photographs.
    case photo = "builtin:photo"
    /// For 32x32 thumbnails.
    case cifake = "builtin:cifake"

    /// The one that is taken where no model is named.
    static let standard = BuiltInModel.photo

    static let prefix = "builtin:"
    /// For sentences.
    static let names = allCases.map(\.rawValue).joined(separator: " and ")

    /// The model of that name; `nil` for every other folder and id.
    ///
    /// - Throws: `ModelNotFound.noBuiltIn`.
    init?(named name: String?) throws(ModelNotFound) {
      guard let name else {
        self = Self.standard
        return
      }
      guard name.hasPrefix(Self.prefix) else { return nil }
      guard let model = Self(rawValue: name) else { throw .noBuiltIn(name) }
      self = model
    }

    func load(
      profile: PreprocessingProfile, policy: InputPolicy, precision: Precision, budget: ComputeBudget
    ) throws -> ImageClassifier {
      switch self {
      case .photo:
        try .photoModel(profile: profile, policy: policy, precision: precision, budget: budget)
      case .cifake:
        try .defaultModel(profile: profile, policy: policy, precision: precision, budget: budget)
      }
    }

    /// What it is good for, with its figures.
    var note: String {
      switch self {
      case .photo:
        "taught on photographs and generated images of 50 sources and on CIFAKE; on images of sources that it never saw, "
          + "AUC 0.84 and 0.77, balanced accuracy 0.76 and 0.71, and press portraits are mostly taken for generated: a "
          + "score alone is weak evidence, and most photographs are unsure"
      case .cifake:
        "trained on CIFAKE, 32x32 images; it is good for images like those, and what it says of large photographs is not "
          + "evidence"
      }
    }
  }
#endif
