/// How good one or several models are on the same images.
public struct EvaluationResult: Sendable, Equatable {
  /// The images.
  public let data: EvaluatedData
  /// The models, in the order in which they were given.
  public let models: [ModelEvaluation]

  /// Puts together what was found out.
  public init(data: EvaluatedData, models: [ModelEvaluation]) {
    self.data = data
    self.models = models
  }

  /// All failures: of the data, of each model, and of the ways of a sweep, whose names stand before the messages.
  public var allFailures: [EvaluatedData.Failure] {
    data.failures
      + models.flatMap { model in
        model.failures
          + model.sweep.flatMap { row in
            row.failures.filter { failure in !model.failures.contains { $0.name == failure.name } }.map {
              EvaluatedData.Failure(name: $0.name, kind: $0.kind, message: "\(row.name): \($0.message)")
            }
          }
      }
  }
}
