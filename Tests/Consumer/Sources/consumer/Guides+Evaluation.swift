// What Docs/Evaluation.md shows, which has a product of its own.

import AIGuardVision
import Evaluation

// import Evaluation beside AIGuardVision
func judge(_ folder: String, _ path: String) async throws -> EvaluationResult {
  let model = try await ComparedModel.fromPretrained(folder)
  let set = try EvaluationSet(ImageDataset(path: path), split: "test", sample: .perSource(100))
  let result = try await Evaluator([model]).evaluate(set)
  print(result.models[0].metrics.rocArea ?? 0, try EvaluationReport(result).html.count)
  return result
}
