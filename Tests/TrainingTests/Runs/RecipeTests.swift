import Foundation
import JSONText
import TestSupport
import Testing

@testable import Training

/// Recipes: what each key means, and what is refused by name.
@Suite struct RecipeTests {
  private func recipe(_ text: String) throws -> TrainingRecipe {
    let value = try JSONValue(parsing: Array(text.utf8), options: .python)
    return try TrainingRecipe(try #require(value.objectValue), file: "r.json")
  }

  /// The message of the error that a recipe gives.
  private func refusal(_ text: String) throws -> String {
    do {
      _ = try recipe(text)
      return "no error"
    } catch let error as TrainingRecipeError {
      return error.description
    }
  }

  /// The Trainer's defaults (transformers 5.23, `TrainingArguments`).
  @Test func defaultsAreTheTrainers() throws {
    let recipe = try recipe("{}")
    #expect(recipe == TrainingRecipe())
    #expect(recipe.learningRate == 5e-5)
    #expect((recipe.beta1, recipe.beta2, recipe.epsilon) == (0.9, 0.999, 1e-8))
    #expect(recipe.weightDecay == 0)
    #expect((recipe.schedule, recipe.warmup) == (.linear, 0))
    #expect((recipe.batchSize, recipe.accumulation, recipe.epochs) == (8, 1, 3))
    #expect((recipe.maximumSteps, recipe.maximumGradientNorm) == (nil, 1))
    #expect((recipe.seed, recipe.labelSmoothing) == (42, 0))
    #expect((recipe.loggingSteps, recipe.saveSteps) == (500, 500))
  }

  private typealias Change = @Sendable (inout TrainingRecipe) -> Void

  private static let keys: [(text: String, change: Change)] = [
    (#"{"train": "head"}"#, { $0.learned = .head }),
    (#"{"train": {"last_layers": 4}}"#, { $0.learned = .lastLayers(4) }),
    (
      #"{"train": {"lora": {"r": 8, "lora_alpha": 16, "target_modules": ["fc1"]}}}"#,
      { $0.learned = .lora(rank: 8, alpha: 16, modules: ["fc1"]) }
    ),
    (
      #"{"train": {"lora": {"r": 4}}}"#,
      { $0.learned = .lora(rank: 4, alpha: 4, modules: ["q_proj", "v_proj"]) }
    ),
    (#"{"num_train_epochs": 0.5}"#, { $0.epochs = 0.5 }),
    (#"{"max_steps": 7}"#, { $0.maximumSteps = 7 }),
    (#"{"per_device_train_batch_size": 64}"#, { $0.batchSize = 64 }),
    (#"{"gradient_accumulation_steps": 2}"#, { $0.accumulation = 2 }),
    (#"{"learning_rate": 1e-7}"#, { $0.learningRate = 1e-7 }),
    (#"{"lr_scheduler_type": "cosine"}"#, { $0.schedule = .cosine }),
    (#"{"lr_scheduler_type": "constant_with_warmup"}"#, { $0.schedule = .constant }),
    (#"{"warmup_steps": 0.06}"#, { $0.warmup = 0.06 }),
    (#"{"warmup_steps": 100}"#, { $0.warmup = 100 }),
    (#"{"weight_decay": 0.05}"#, { $0.weightDecay = 0.05 }),
    (#"{"adam_beta1": 0.8}"#, { $0.beta1 = 0.8 }), (#"{"adam_beta2": 0.99}"#, { $0.beta2 = 0.99 }),
    (#"{"adam_epsilon": 1e-6}"#, { $0.epsilon = 1e-6 }),
    (#"{"layer_decay": 0.75}"#, { $0.layerDecay = 0.75 }),
    (#"{"max_grad_norm": 0}"#, { $0.maximumGradientNorm = 0 }),
    (#"{"label_smoothing_factor": 0.1}"#, { $0.labelSmoothing = 0.1 }),
    (#"{"ema_decay": 0.999}"#, { $0.averageDecay = 0.999 }),
    (#"{"gradient_checkpointing": true}"#, { $0.recomputesLayers = true }),
    (#"{"seed": 1}"#, { $0.seed = 1 }), (#"{"train_split": "a"}"#, { $0.trainSplit = "a" }),
    (#"{"logging_steps": 10}"#, { $0.loggingSteps = 10 }), (#"{"save_steps": 9}"#, { $0.saveSteps = 9 }),
    (#"{"validation": {"split": "val"}}"#, { $0.validation = .split("val") }),
    (
      #"{"validation": {"fraction": 0.1}}"#, { $0.validation = .fraction(0.1, groupedBy: .content) }
    ),
    (
      #"{"validation": {"fraction": 0.1, "group_by": "source"}, "early_stopping_patience": 2, "metric_for_best_model": "balanced_accuracy"}"#,
      {
        $0.validation = .fraction(0.1, groupedBy: .source)
        $0.patience = 2
        $0.metric = .balancedAccuracy
      }
    ),
    (
      #"{"distillation": {"teacher": "a.jsonl"}}"#,
      { $0.distillation = .init(teacher: [.init(file: "a.jsonl")]) }
    ),
    (
      #"{"distillation": {"teacher": [{"file": "a", "images": "x"}], "temperature": 2, "weight": 0.9}}"#,
      {
        var distillation = TrainingRecipe.Distillation(teacher: [.init(file: "a", images: "x")])
        distillation.temperature = 2
        distillation.weight = 0.9
        $0.distillation = distillation
      }
    ),
  ]

  @Test(arguments: keys.indices)
  func keysMeanWhatTheySay(index: Int) throws {
    let (text, change) = Self.keys[index]
    var expected = TrainingRecipe()
    change(&expected)
    let recipe = try recipe(text)
    #expect(recipe == expected)
    // What is kept with a model reads back as the same.
    #expect(try TrainingRecipe(recipe.json) == recipe)
  }

  @Test(arguments: [
    (#"{"learning_rat": 1}"#, #"r.json: unknown key "learning_rat"; known are description, train"#),
    (#"{"seed": 1, "seed": 1}"#, #"r.json: the key "seed" is there twice"#),
    (#"{"learning_rate": "1"}"#, "r.json: learning_rate must be a number above 0, and is the string \"1\""),
    (#"{"learning_rate": 0}"#, "r.json: learning_rate must be a number above 0, and is the integer 0"),
    (#"{"warmup_steps": 1.5}"#, "r.json: warmup_steps must be a number of steps, or a share below 1"),
    (#"{"seed": -1}"#, "r.json: seed must be an integer of at least 0"),
    (#"{"max_steps": 0}"#, "r.json: max_steps must be an integer of at least 1"),
    (#"{"max_steps": 1, "num_train_epochs": 1}"#, "r.json: max_steps: num_train_epochs is there too"),
    (
      #"{"per_device_train_batch_size": 100000}"#,
      "r.json: per_device_train_batch_size must be an integer from 1"
    ),
    (#"{"train": "some"}"#, #"r.json: train must be "all", "head""#),
    (#"{"train": {"last_layers": 0}}"#, "r.json: train.last_layers must be an integer from 1 to 4096"),
    (#"{"train": {"last_layers": 1, "lora": {"r": 1}}}"#, "r.json: train must be"),
    (#"{"train": {"lora": {}}}"#, "r.json: the key train.lora.r is missing"),
    (#"{"train": {"lora": {"r": 1, "dropout": 0.1}}}"#, #"r.json: unknown key "train.lora.dropout""#),
    (
      #"{"lr_scheduler_type": "polynomial"}"#, #"r.json: lr_scheduler_type must be one of "linear", "cosine""#
    ),
    (#"{"metric_for_best_model": "loss"}"#, "r.json: metric_for_best_model: there is no figure to go by"),
    (#"{"early_stopping_patience": 1}"#, "r.json: early_stopping_patience: there is no figure to go by"),
    (#"{"validation": {}}"#, "r.json: validation: it has either split or fraction"),
    (
      #"{"validation": {"split": "a", "fraction": 0.1}}"#,
      "r.json: validation: it has either split or fraction"
    ),
    (#"{"validation": {"fraction": 1}}"#, "r.json: validation.fraction must be a number between 0 and 1"),
    (#"{"validation": {"split": "a", "group_by": "none"}}"#, "r.json: validation.group_by: a part"),
    (#"{"distillation": {}}"#, "r.json: the key distillation.teacher is missing"),
    (
      #"{"distillation": {"teacher": [{"images": "a"}]}}"#,
      "r.json: the key distillation.teacher[0].file is missing"
    ),
    (
      #"{"distillation": {"teacher": "a", "weight": 2}}"#,
      "r.json: distillation.weight must be a number from 0 to 1"
    ),
  ])
  func refusalsNameFileAndKey(text: String, message: String) throws {
    let refusal = try refusal(text)
    #expect(refusal.hasPrefix(message), "\(refusal)")
  }

  /// Those that are there for people: each is read, and comes out of its own text again.
  @Test func publishedRecipesAreRead() throws {
    let folder = Fixtures.root.deletingLastPathComponent().appendingPathComponent("Docs/Recipes")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".json")
    }
    #expect(files.count >= 5)
    for file in files {
      var recipe = try TrainingRecipe(contentsOf: folder.appendingPathComponent(file).path)
      #expect(!recipe.summary.isEmpty, "\(file)")
      recipe.folder = ""
      #expect(try TrainingRecipe(recipe.json, file: file) == recipe, "\(file)")
    }
  }

  @Test func filesThatAreNoRecipesAreNamed() throws {
    try withTemporaryDirectory { folder in
      let missing = folder.appendingPathComponent("none.json").path
      #expect(throws: TrainingRecipeError.self) { try TrainingRecipe(contentsOf: missing) }
      for text in ["[]", "{", "1"] {
        let file = folder.appendingPathComponent("r.json")
        try Data(text.utf8).write(to: file)
        let error = #expect(throws: TrainingRecipeError.self) { try TrainingRecipe(contentsOf: file.path) }
        #expect(error?.description.contains("r.json") == true)
      }
    }
  }
}
