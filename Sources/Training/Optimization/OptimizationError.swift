import JSONText
import Platform

/// Why a loss, a step or a choice of what is learnt is not possible.
public enum OptimizationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A setting has a value that means nothing.
  case setting(name: String, found: String, expected: String)
  /// The class of an image is none of the network's.
  case labelOutOfRange(image: Int, label: Int, classes: Int)
  /// There are not as many targets as logits.
  case targetCount(purpose: String, found: Int, expected: Int)
  /// A target is no share between 0 and 1, or a teacher's logit is not finite.
  case target(purpose: String, image: Int, found: Float)
  /// A logit is NaN or infinite. Images count from 0 in their batch.
  case nonFiniteLogit(image: Int, index: Int)
  /// A gradient is NaN or infinite. Steps count from 1; nothing has been changed by this one.
  case nonFiniteGradient(step: Int, parameter: String)
  /// The squares of finite gradients have no finite sum. Steps count from 1; nothing has been changed by this one.
  case gradientOverflow(step: Int)
  /// A step has made values that are NaN or infinite out of finite gradients: its rate is too high. Steps count from 1;
  /// what was learnt is lost back to where it was last kept.
  case nonFiniteValue(step: Int, parameter: String)
  /// No module of the network has a name that LoRA is asked to adapt.
  case noSuchModule(target: String, modules: [String])
  /// What is to be learnt leaves nothing to learn.
  case nothingToLearn
  /// The initial values of a parameter are not known.
  case noInitialValues(parameter: String, model: String)

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .setting(let name, let found, let expected): "\(name) is \(found); expected is \(expected)"
    case .labelOutOfRange(let image, let label, let classes):
      "the label of image \(image) of the batch is \(label); there are \(classes) classes, from 0"
    case .targetCount(let purpose, let found, let expected):
      "there are \(found) \(purpose); expected are \(expected)"
    case .target(let purpose, let image, let found):
      "of image \(image) of the batch the \(purpose) have \(found)"
    case .nonFiniteLogit(let image, let index):
      "logit \(index) of image \(image) of the batch is not a finite number"
    case .nonFiniteGradient(let step, let parameter):
      "in step \(step) the gradient of \(parameter.printable) has values that are not finite"
    case .gradientOverflow(let step): "in step \(step) the gradients are too large for a finite norm"
    case .nonFiniteValue(let step, let parameter):
      "step \(step) has made values of \(parameter.printable) that are not finite: the learning rate is too high"
    case .noSuchModule(let target, let modules):
      "no linear layer is called \"\(target.printable)\"; there are "
        + modules.map { $0.printable }.joined(separator: ", ")
    case .nothingToLearn: "no parameter is learnt: the network has none of what is asked for"
    case .noInitialValues(let parameter, let model):
      "the initial values of \(parameter.printable) in a model of type \(model.printable) are not known"
    }
  }
}
