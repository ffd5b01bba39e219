import JSONText

extension TrainingRecipe {
  /// The recipe with every key that it has by default: what `training.json` keeps, and what a run is known by.
  public var json: JSONObject {
    JSONObject(
      members: Self.keys.compactMap { key in value(of: key).map { .init(key: key, value: $0) } })
  }

  private func value(of key: String) -> JSONValue? {
    switch key {
    case "description": .string(summary)
    case "train": learned.json
    case "num_train_epochs": maximumSteps == nil ? .number(epochs) : nil
    case "max_steps": maximumSteps.map { .integer($0) }
    case "per_device_train_batch_size": .integer(batchSize)
    case "gradient_accumulation_steps": .integer(accumulation)
    case "learning_rate": .number(learningRate)
    case "lr_scheduler_type": .string(schedule.rawValue)
    case "warmup_steps": .number(warmup)
    case "weight_decay": .number(weightDecay)
    case "adam_beta1": .number(beta1)
    case "adam_beta2": .number(beta2)
    case "adam_epsilon": .number(epsilon)
    case "layer_decay": .number(layerDecay)
    case "max_grad_norm": .number(maximumGradientNorm)
    case "label_smoothing_factor": .number(labelSmoothing)
    case "ema_decay": averageDecay.map { .number($0) }
    case "gradient_checkpointing": .bool(recomputesLayers)
    case "kept_features":
      keptFeatures.map { .members([("views", .integer($0.views)), ("dtype", .string($0.dtype.rawValue))]) }
    case "distillation": distillation?.json
    case "augmentation": augmentation.isEmpty ? nil : .object(augmentation.json)
    case "sampling": .string(sampling.rawValue)
    case "seed": .integer(Int(clamping: seed))
    case "train_split": .string(trainSplit)
    case "validation": validation?.json
    case "early_stopping_patience": patience.map { .integer($0) }
    case "metric_for_best_model": validation == nil ? nil : .string(metric.rawValue)
    case "logging_steps": .integer(loggingSteps)
    case "save_steps": .integer(saveSteps)
    default: nil
    }
  }
}

extension TrainingRecipe.Learned {
  fileprivate var json: JSONValue {
    switch self {
    case .all: .string("all")
    case .head: .string("head")
    case .lastLayers(let count): .members([("last_layers", .integer(count))])
    case .lora(let rank, let alpha, let modules):
      .members([
        (
          "lora",
          .members([
            ("r", .integer(rank)), ("lora_alpha", .number(alpha)),
            ("target_modules", .array(modules.map { .string($0) })),
          ])
        )
      ])
    }
  }
}

extension TrainingRecipe.Distillation {
  fileprivate var json: JSONValue {
    .members([
      (
        "teacher",
        .array(teacher.map { .members([("file", .string($0.file)), ("images", .string($0.images))]) })
      ),
      ("temperature", .number(temperature)), ("weight", .number(weight)),
    ])
  }
}

extension TrainingRecipe.Validation {
  fileprivate var json: JSONValue {
    switch self {
    case .split(let name): .members([("split", .string(name))])
    case .fraction(let fraction, let grouping):
      .members([("fraction", .number(fraction)), ("group_by", .string(grouping.rawValue))])
    }
  }
}

extension JSONValue {
  /// An object of these members.
  static func members(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
    .object(JSONObject(members: members.map { .init(key: $0.key, value: $0.value) }))
  }
}
