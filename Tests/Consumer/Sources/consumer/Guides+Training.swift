// What Docs/Training.md shows, which has a product of its own.

import AIGuardVision
import Training

func teach() async throws -> ImageClassifier {
  let data = try ImageDataset(path: "photos.zip")
  let recipe = try TrainingRecipe(contentsOf: "fine-tune.json")
  let run = try TrainingRun(
    data: data, start: .model(folder: "vit-small"), recipe: recipe, output: "detector")
  let outcome = try await run.run { event in
    if case .progress(let progress) = event { print(progress.step, progress.loss) }
  }
  print(outcome.figures?.balancedAccuracy ?? 0)
  return try ImageClassifier(folder: "detector")
}
