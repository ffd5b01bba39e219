#if CLI
  import AIGuardVision
  import ArgumentParser

  /// What is told of each image's labels.
  struct LabelOptions: ParsableArguments {
    @Option(name: .customLong("top-k"), help: "How many labels to show.")
    var topK = 5

    @Option(
      name: .customLong("function-to-apply"),
      help: "From logits to scores; by default what the model is for.")
    var functionToApply: ClassificationFunction?

    func validate() throws {
      if topK < 0 { throw ValidationError("--top-k must not be negative") }
    }
  }
#endif
