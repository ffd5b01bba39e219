import TestSupport
import Testing

@testable import Training

/// Against transformers' schedules (`Fixtures/optimizer/schedules.json`).
struct LearningRateScheduleTests {
  struct Case: Decodable, Sendable {
    let shape: String
    let minimum: Double
    let steps: Int
    let warmUp: Double
    let warmUpSteps: Int
    let rates: [Double]

    var schedule: LearningRateSchedule {
      get throws {
        let shapes: [String: LearningRateSchedule.Shape] = [
          "linear": .linear, "constant": .constant, "cosine": .cosine(minimum: minimum),
        ]
        return try LearningRateSchedule(try #require(shapes[shape]), steps: steps, warmUp: warmUp)
      }
    }
  }
  struct Manifest: Decodable {
    let learningRate: Double
    let cases: [Case]
    let lengths: [[Double]]
  }

  @Test func factorsAreThoseOfTheReference() throws {
    let manifest = try OptimizerGoldens.json("schedules.json", as: Manifest.self)
    #expect(manifest.cases.count == 36)
    for item in manifest.cases {
      let schedule = try item.schedule
      #expect(schedule.warmUpSteps == item.warmUpSteps)
      for (step, rate) in item.rates.enumerated() {
        let own = manifest.learningRate * schedule.factor(step: step)
        // The cosine is the C library's in both.
        #expect(abs(own - rate) <= 2e-19, "\(item.shape) of \(item.steps), step \(step): \(own), not \(rate)")
      }
    }
  }

  @Test func lengthsAreThoseOfTheTrainer() throws {
    for item in try OptimizerGoldens.json("schedules.json", as: Manifest.self).lengths {
      #expect(
        LearningRateSchedule.steps(batches: Int(item[0]), accumulation: Int(item[1]), epochs: item[2])
          == Int(item[3]))
    }
  }

  @Test func endsAreWhereTheyBelong() throws {
    for steps in [1, 7, 100] {
      #expect(try LearningRateSchedule(.linear, steps: steps).factor(step: 0) == 1)
      #expect(try LearningRateSchedule(.linear, steps: steps).factor(step: steps) == 0)
      #expect(try LearningRateSchedule(.cosine(minimum: 0.25), steps: steps).factor(step: steps) == 0.25)
      #expect(try LearningRateSchedule(.constant, steps: steps, warmUp: 0.5).factor(step: 0) == 0)
    }
  }

  @Test func settingsThatMeanNothingAreRefused() {
    #expect(throws: OptimizationError.self) { try LearningRateSchedule(.linear, steps: 0) }
    #expect(throws: OptimizationError.self) { try LearningRateSchedule(.linear, steps: 5, warmUp: -1) }
    #expect(throws: OptimizationError.self) { try LearningRateSchedule(.linear, steps: 5, warmUp: .nan) }
    #expect(throws: OptimizationError.self) { try LearningRateSchedule(.linear, steps: 5, warmUp: .infinity) }
    #expect(throws: OptimizationError.self) { try LearningRateSchedule(.cosine(minimum: 1.1), steps: 5) }
  }
}
