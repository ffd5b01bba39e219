import AIGuardVision
import Checkpoint
import JSONText
import Platform
import TensorCore

/// `README.md` of a model that was taught: on what, how, and how good it is for all that is known.
struct ModelCard {
  private let model: TrainedModel

  init(_ model: TrainedModel) { self.model = model }

  var text: String {
    [head, data, recipe, figures, conditions].joined(separator: "\n")
  }

  private var head: String {
    let labels = model.start.config.labels.enumerated().map { "\($0) \(Self.cell($1))" }.joined(
      separator: ", ")
    let learnt =
      model.learntCount == model.parameterCount
      ? "all of which were learnt" : "of which \(model.learntCount) were learnt"
    return """
      ---
      library_name: transformers
      pipeline_tag: image-classification
      # license: say here under which licence you give it away
      ---

      # Model card

      \(model.start.network.cardDescription), labels \(labels). \(model.parameterCount) parameters, \(learnt); stored \
      as \(Self.name(of: model.dtype)). Begun with \(Self.cell(model.start.name)); taught by AIGuardVision \
      \(AIGuardVisionVersion.current).

      """
  }

  private var data: String {
    let data = model.data
    var text = """
      ## Data

      \(Self.cell(data.name)), list of images \(data.listHash) (SHA-256).

      | part | images | \(data.labels.map(Self.cell).joined(separator: " | ")) |
      |---|---|\(data.labels.map { _ in "---|" }.joined())

      """
    func row(_ name: String, _ counts: [Int]) -> String {
      "| \(name) | \(counts.reduce(0, +)) | \(counts.map(String.init).joined(separator: " | ")) |\n"
    }
    text += row("training", data.training)
    if let validation = data.validation { text += row("validation", validation) }
    let skipped = model.counters.skipped.count
    text +=
      skipped == 0
      ? "\nEvery file could be read.\n" : "\n\(skipped) files could not be read and were left out.\n"
    for teacher in data.teachers {
      text +=
        "\nA teacher's logits: \(Self.cell(FilePath.name(of: teacher.file))), \(teacher.sha256) (SHA-256).\n"
    }
    return text
  }

  private var recipe: String {
    let about = model.recipe.summary.isEmpty ? "" : Self.cell(model.recipe.summary) + "\n\n"
    return """
      ## Recipe

      \(about)```json
      \(JSONValue.object(model.recipe.json).pythonText)
      ```

      """
  }

  private var figures: String {
    guard let best = model.counters.best else {
      return """
        ## Figures

        There was no validation: nothing is known here of how good the model is.

        """
    }
    var text = """
      ## Figures

      On the validation images; the weights are those of step \(best.step), the best by \
      \(model.recipe.metric.rawValue).

      | step | images | loss | accuracy | balanced accuracy |
      |---|---|---|---|---|

      """
    for validated in model.counters.validations {
      let figures = validated.figures
      let mark = validated.step == best.step ? "**" : ""
      text += "| \(mark)\(validated.step)\(mark) | \(figures.images) | \(figures.loss.fixed(4)) | "
      text += "\(figures.accuracy.fixed(4)) | \(figures.balancedAccuracy.fixed(4)) |\n"
    }
    return text + """

      The best of several is chosen by these images, and they are of the same collection as those that were learnt \
      from: on images from elsewhere the model may be far worse.

      """
  }

  private var conditions: String {
    let identity = model.identity.parts.map { "| \($0.name) | \(Self.cell($0.value)) |" }.joined(
      separator: "\n")
    let ending =
      switch model.ending {
      case .allSteps: "after all its steps"
      case .earlyStopping: "early, for want of better figures"
      }
    return """
      ## Conditions

      \(model.counters.step) updates from \(model.counters.images) images; the run ended \(ending). Images were prepared as \
      `preprocessor_config.json` says (\(model.start.processor.profile.rawValue), \(model.policy.rawValue)). The same recipe on \
      the same data from the same weights with the same kernels gives the same bits again.

      | begun with | |
      |---|---|
      \(identity)

      """
  }

  private static func name(of dtype: DType) -> String {
    switch dtype {
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    default: "float32"
    }
  }

  /// A text that others have chosen, where Markdown can do no harm with it.
  private static func cell(_ text: String) -> String {
    var safe = ""
    for character in text.printable {
      if "|<>`*_[]#".contains(character) { safe.append("\\") }
      safe.append(character)
    }
    return safe
  }
}

extension Double {
  /// The number with so many digits behind the point, the same on every system.
  func fixed(_ digits: Int) -> String {
    guard isFinite, magnitude < 1e12 else { return "\(self)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let units = Int((magnitude * scale).rounded())
    let whole = units / Int(scale)
    let rest = "\(units % Int(scale))"
    let zeros = String(repeating: "0", count: max(0, digits - rest.count))
    return (self < 0 && units > 0 ? "-" : "") + (digits == 0 ? "\(whole)" : "\(whole).\(zeros)\(rest)")
  }
}
