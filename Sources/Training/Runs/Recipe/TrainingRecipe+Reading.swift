import JSONText
import Platform

extension TrainingRecipe {
  /// Reads a recipe.
  ///
  /// - Throws: `TrainingRecipeError`, which names the file and the key.
  public init(contentsOf path: String) throws(TrainingRecipeError) {
    let value: JSONValue
    do throws(JSONFile.Problem) {
      value = try JSONFile.value(at: path)
    } catch {
      switch error {
      case .unreadable(let error): throw TrainingRecipeError(file: path, problem: .unreadable(error))
      case .standIn(let standIn):
        throw TrainingRecipeError(file: path, problem: .notAnObject(found: "\(standIn)"))
      case .invalidJSON(let error): throw TrainingRecipeError(file: path, problem: .invalidJSON(error))
      }
    }
    guard let object = value.objectValue else {
      throw TrainingRecipeError(file: path, problem: .notAnObject(found: value.summary))
    }
    try self.init(object, file: path)
    folder = FilePath.folder(of: path)
  }

  /// Takes a parsed recipe.
  ///
  /// - Parameters:
  ///   - object: The recipe.
  ///   - file: What errors call it.
  /// - Throws: `TrainingRecipeError`.
  public init(_ object: JSONObject, file: String = "recipe") throws(TrainingRecipeError) {
    let fields = try RecipeFields(object, in: file, known: Self.keys)
    try fields.read("description", .string, into: &summary)
    if let learned = try Self.learned(fields) { self.learned = learned }
    try readDuration(fields)
    try readOptimizer(fields)
    augmentation = try Self.augmentation(fields)
    try fields.read("sampling", .name, into: &sampling)
    keptFeatures = try keptFeatures(fields)
    distillation = try Self.distillation(fields)
    var seed = 42
    try fields.read("seed", .integer(0 ... .max), into: &seed)
    self.seed = UInt64(seed)
    try fields.read("train_split", .string, into: &trainSplit)
    validation = try Self.validation(fields)
    try fields.read("early_stopping_patience", .integer(1 ... .max), into: &patience)
    try fields.read("metric_for_best_model", .name, into: &metric)
    try fields.read("logging_steps", .integer(1 ... .max), into: &loggingSteps)
    try fields.read("save_steps", .integer(1 ... .max), into: &saveSteps)
    if validation == nil {
      for key in ["early_stopping_patience", "metric_for_best_model"] where fields.has(key) {
        throw fields.conflict(key, "there is no figure to go by without validation")
      }
    }
  }

  /// The keys of a recipe, as they are written back.
  static let keys = [
    "description", "train", "num_train_epochs", "max_steps", "per_device_train_batch_size",
    "gradient_accumulation_steps", "learning_rate", "lr_scheduler_type", "warmup_steps", "weight_decay",
    "adam_beta1", "adam_beta2", "adam_epsilon", "layer_decay", "max_grad_norm", "label_smoothing_factor",
    "ema_decay", "gradient_checkpointing", "kept_features", "distillation", "augmentation", "sampling",
    "seed", "train_split", "validation",
    "early_stopping_patience", "metric_for_best_model", "logging_steps", "save_steps",
  ]

  private mutating func readDuration(_ fields: RecipeFields) throws(TrainingRecipeError) {
    try fields.read("num_train_epochs", .positive, into: &epochs)
    try fields.read("max_steps", .integer(1 ... .max), into: &maximumSteps)
    if maximumSteps != nil, fields.has("num_train_epochs") {
      throw fields.conflict("max_steps", "num_train_epochs is there too, and only one can say when to end")
    }
    // More at once than any memory holds would only be found out by asking for it.
    try fields.read("per_device_train_batch_size", .integer(1...65536), into: &batchSize)
    try fields.read("gradient_accumulation_steps", .integer(1...65536), into: &accumulation)
    try fields.read("gradient_checkpointing", .bool, into: &recomputesLayers)
  }

  private mutating func readOptimizer(_ fields: RecipeFields) throws(TrainingRecipeError) {
    try fields.read("learning_rate", .positive, into: &learningRate)
    try fields.read("lr_scheduler_type", .name, into: &schedule)
    let steps = JSONKind<Double>.number("a number of steps, or a share below 1") {
      $0 >= 0 && ($0 < 1 || $0 == $0.rounded()) && $0 <= 1e15
    }
    try fields.read("warmup_steps", steps, into: &warmup)
    try fields.read("weight_decay", .nonnegative, into: &weightDecay)
    try fields.read("adam_beta1", .shareBelowOne, into: &beta1)
    try fields.read("adam_beta2", .shareBelowOne, into: &beta2)
    try fields.read("adam_epsilon", .positive, into: &epsilon)
    let decay = JSONKind<Double>.number("a number above 0, at most 1") { $0 > 0 && $0 <= 1 }
    try fields.read("layer_decay", decay, into: &layerDecay)
    try fields.read("max_grad_norm", .nonnegative, into: &maximumGradientNorm)
    try fields.read("label_smoothing_factor", .shareBelowOne, into: &labelSmoothing)
    try fields.read("ema_decay", .shareBelowOne, into: &averageDecay)
  }

  // MARK: Sections

  private static func learned(_ fields: RecipeFields) throws(TrainingRecipeError) -> Learned? {
    let expected = "\"all\", \"head\", {\"last_layers\": ...} or {\"lora\": {...}}"
    switch fields.fields["train"] {
    case nil: return nil
    case .string("all"): return .all
    case .string("head"): return .head
    case .object(let object):
      let choice = try fields.section(object, "train", known: ["last_layers", "lora"])
      guard object.members.count == 1 else { throw fields.invalid("train", expected: expected) }
      if choice.has("last_layers") {
        return .lastLayers(try choice.fields.required("last_layers", .integer(1...4096)))
      }
      guard let lora = try choice.section("lora", known: ["r", "lora_alpha", "target_modules"]) else {
        throw fields.invalid("train", expected: expected)
      }
      let rank = try lora.fields.required("r", .integer(1...4096))
      var (alpha, modules) = (Double(rank), ["q_proj", "v_proj"])
      try lora.read("lora_alpha", .positive, into: &alpha)
      try lora.read("target_modules", .names, into: &modules)
      return .lora(rank: rank, alpha: alpha, modules: modules)
    default: throw fields.invalid("train", expected: expected)
    }
  }

  private static func augmentation(_ fields: RecipeFields) throws(TrainingRecipeError) -> Augmentation {
    guard let object = try fields.fields.optional("augmentation", .object) else { return Augmentation() }
    do throws(AugmentationError) {
      return try Augmentation(object, prefix: "augmentation.")
    } catch {
      throw fields.failure(error.key, expected: error.expected, found: error.found)
    }
  }

  private func keptFeatures(_ fields: RecipeFields) throws(TrainingRecipeError) -> KeptFeatures? {
    guard let section = try fields.section("kept_features", known: ["views", "dtype"]) else { return nil }
    switch learned {
    case .lastLayers, .head: break
    case .all, .lora:
      throw fields.conflict("kept_features", "with this \"train\" no layer stays below those that learn")
    }
    var kept = KeptFeatures()
    try section.read("views", .integer(1...10_000), into: &kept.views)
    try section.read("dtype", .name, into: &kept.dtype)
    if kept.views > 1, augmentation.isEmpty {
      throw section.conflict("views", "without augmentation all views of an image are the same")
    }
    if augmentation.mixup != nil {
      throw section.conflict("views", "mixup mixes pixel values, and these are not looked at again")
    }
    return kept
  }

  private static func distillation(_ fields: RecipeFields) throws(TrainingRecipeError) -> Distillation? {
    guard let section = try fields.section("distillation", known: ["teacher", "temperature", "weight"])
    else { return nil }
    var distillation = Distillation(teacher: try teachers(section))
    try section.read("temperature", .positive, into: &distillation.temperature)
    try section.read("weight", .share, into: &distillation.weight)
    return distillation
  }

  private static func teachers(_ section: RecipeFields) throws(TrainingRecipeError) -> [Teacher] {
    let expected = "the path of a file, or a list of {\"file\": ..., \"images\": ...}"
    switch section.fields["teacher"] {
    case .string(let file) where !file.isEmpty: return [Teacher(file: file)]
    case .array(let entries) where !entries.isEmpty:
      var teachers: [Teacher] = []
      for (index, entry) in entries.enumerated() {
        guard let object = entry.objectValue else { throw section.invalid("teacher", expected: expected) }
        let fields = try section.section(object, "teacher[\(index)]", known: ["file", "images"])
        var teacher = Teacher(file: try fields.fields.required("file", .string))
        try fields.read("images", .string, into: &teacher.images)
        teachers.append(teacher)
      }
      return teachers
    default: throw section.invalid("teacher", expected: expected)
    }
  }

  private static func validation(_ fields: RecipeFields) throws(TrainingRecipeError) -> Validation? {
    guard let section = try fields.section("validation", known: ["split", "fraction", "group_by"]) else {
      return nil
    }
    guard section.has("split") != section.has("fraction") else {
      throw fields.conflict("validation", "it has either split or fraction")
    }
    if section.has("split") {
      if section.has("group_by") {
        throw section.conflict("group_by", "a part that the data have is taken as it is")
      }
      return .split(try section.fields.required("split", .string))
    }
    let fraction = try section.fields.required(
      "fraction", .number("a number between 0 and 1") { $0 > 0 && $0 < 1 })
    var grouping = Grouping.content
    try section.read("group_by", .name, into: &grouping)
    return .fraction(fraction, groupedBy: grouping)
  }
}

extension JSONKind<[String]> {
  /// A list of at least one name.
  fileprivate static var names: Self {
    Self("a list of names") { value in
      guard let entries = value.arrayValue, !entries.isEmpty else { return nil }
      let names = entries.compactMap(\.stringValue)
      return names.count == entries.count && names.allSatisfy { !$0.isEmpty } ? names : nil
    }
  }
}
