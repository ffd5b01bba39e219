/// How a network is taught: what learns, for how long, by which arithmetic, and on which images.
///
/// A recipe is a JSON file. Keys that transformers' `TrainingArguments` has are called as they are there and have its
/// defaults (version 5.23); a key that is not known, or stands there twice, is an error. Two runs of one recipe, on the
/// same data and from the same weights, give the same bits.
///
/// ```json
/// { "description": "Fine-tune the last four layers", "train": { "last_layers": 4 },
///   "num_train_epochs": 10, "learning_rate": 1e-4, "warmup_steps": 0.06 }
/// ```
public struct TrainingRecipe: Sendable, Equatable {
  /// What the recipe is for, in words; it becomes part of the model card. `description`.
  public var summary = ""
  /// What learns; all else stays as it is. `train`.
  public var learned = Learned.all
  /// How often the run goes through the images, a fraction included. `num_train_epochs`.
  public var epochs = 3.0
  /// The number of updates, which then says more than `epochs`. `max_steps`.
  public var maximumSteps: Int?
  /// Images for which gradients are computed at once. `per_device_train_batch_size`.
  public var batchSize = 8
  /// Batches whose gradients one update is made of: their mean over images. `gradient_accumulation_steps`.
  public var accumulation = 1
  /// The highest learning rate. `learning_rate`.
  public var learningRate = 5e-5
  /// How the rate goes from there. `lr_scheduler_type`.
  public var schedule = Schedule.linear
  /// The updates in which the rate rises from 0; below 1 it is a share of all updates, rounded up. `warmup_steps`.
  public var warmup = 0.0
  /// AdamW's decoupled decay, of all but biases and norms. `weight_decay`.
  public var weightDecay = 0.0
  /// AdamW's `adam_beta1`.
  public var beta1 = 0.9
  /// AdamW's `adam_beta2`.
  public var beta2 = 0.999
  /// AdamW's `adam_epsilon`.
  public var epsilon = 1e-8
  /// What the rate is multiplied by for each layer further from the head; 1 for none. `layer_decay`.
  public var layerDecay = 1.0
  /// The largest norm of an update's gradients; 0 for any. `max_grad_norm`.
  public var maximumGradientNorm = 1.0
  /// `label_smoothing_factor`.
  public var labelSmoothing = 0.0
  /// The decay of the moving average of the weights, which is then what is judged and saved. `ema_decay`.
  public var averageDecay: Double?
  /// Whether the activations of the layers are computed twice instead of kept. `gradient_checkpointing`.
  public var recomputesLayers = false
  /// Keeping what layers that do not learn make of the images. `kept_features`.
  public var keptFeatures: KeptFeatures?
  /// Another model's logits to learn from. `distillation`.
  public var distillation: Distillation?
  /// How images are changed before they are learnt from. `augmentation`.
  public var augmentation = Augmentation()
  /// Which images come more often than others. `sampling`.
  public var sampling = Sampling.Balance.none
  /// The seed of everything that is drawn. `seed`.
  public var seed: UInt64 = 42
  /// The part of the data to learn from, where the data have parts. `train_split`.
  public var trainSplit = "train"
  /// The part of the data that is judged after each epoch. `validation`.
  public var validation: Validation?
  /// The epochs without a better figure after which the run ends. `early_stopping_patience`.
  public var patience: Int?
  /// By which figure of the validation the best weights are known. `metric_for_best_model`.
  public var metric = Metric.loss
  /// Updates between two lines of the log. `logging_steps`.
  public var loggingSteps = 500
  /// Updates between two savings of the state that a run goes on from. `save_steps`.
  public var saveSteps = 500
  /// The folder that paths in the recipe are relative to: that of its file.
  public var folder = ""

  /// A recipe of the defaults.
  public init() {}

  /// What of a network learns.
  public enum Learned: Sendable, Equatable {
    /// Everything: `"all"`.
    case all
    /// The last layers, and what follows them: `{"last_layers": 4}`.
    case lastLayers(Int)
    /// What follows the layers: `"head"`.
    case head
    /// Adapters of a low rank beside matrices, merged when the model is saved, and the head:
    /// `{"lora": {"r": 8, "lora_alpha": 16, "target_modules": ["q_proj", "v_proj"]}}`.
    case lora(rank: Int, alpha: Double, modules: [String])
  }

  /// How the learning rate goes after the warm-up.
  public enum Schedule: String, Sendable, CaseIterable {
    /// Down to 0 on a line.
    case linear
    /// Down to 0 on half a cosine.
    case cosine
    /// As it is.
    case constant = "constant_with_warmup"
  }

  /// The residual stream below the layers that learn is computed once for each image and view, and kept on disk: an epoch
  /// then costs what these layers cost. `{"views": 4, "dtype": "float16"}`.
  public struct KeptFeatures: Sendable, Equatable {
    /// How many changes of each image are kept, one for an epoch, in turns. `views`.
    public var views = 1
    /// How the numbers are kept. `dtype`.
    public var dtype = Precision.float32

    /// Features of the defaults.
    public init() {}

    /// A type of numbers on disk.
    public enum Precision: String, Sendable, CaseIterable {
      /// As they are computed.
      case float32
      /// In half the space, rounded to eleven bits.
      case float16
    }
  }

  /// Learning from another model's answers: the loss is `weight` of the cross-entropy with the teacher's softened scores
  /// and the rest of that with the labels.
  public struct Distillation: Sendable, Equatable {
    /// Files of logits, as `aiguard classify --json` prints them. `teacher`.
    public var teacher: [Teacher]
    /// What both sides' logits are divided by. `temperature`.
    public var temperature = 1.0
    /// The share of the teacher in the loss. `weight`.
    public var weight = 0.5

    /// Names a teacher's files.
    public init(teacher: [Teacher]) { self.teacher = teacher }
  }

  /// A file of a teacher's logits.
  public struct Teacher: Sendable, Equatable {
    /// Its path, relative to the recipe's folder. `file`.
    public var file: String
    /// The folder in the data set that the file is about, such as `train/FAKE`; empty for all of it. `images`.
    public var images = ""

    /// Names a file.
    public init(file: String, images: String = "") {
      self.file = file
      self.images = images
    }
  }

  /// Which images are not learnt from but judged.
  public enum Validation: Sendable, Equatable {
    /// A part that the data have: `{"split": "val"}`.
    case split(String)
    /// A share of the images that would be learnt from: `{"fraction": 0.1, "group_by": "content"}`.
    case fraction(Double, groupedBy: Grouping)
  }

  /// What may not stand on both sides of a split.
  public enum Grouping: String, Sendable, CaseIterable {
    /// Any images may.
    case none
    /// Images of one source.
    case source
    /// Images whose files have the same bytes.
    case content
  }

  /// A figure of the validation.
  public enum Metric: String, Sendable, CaseIterable {
    /// The mean cross-entropy; the smallest is best.
    case loss
    /// The share of right answers.
    case accuracy
    /// The mean over the labels of their shares of right answers.
    case balancedAccuracy = "balanced_accuracy"
  }
}
