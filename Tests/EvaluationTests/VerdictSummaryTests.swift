import AIGuardVision
import Testing

@testable import Evaluation

/// How often verdicts are given and wrong, counted by hand.
@Suite struct VerdictSummaryTests {
  private func image(_ isGenerated: Bool, _ verdict: Verdict?, _ source: String? = nil) -> ScoredImage {
    ScoredImage(name: "i", isGenerated: isGenerated, score: 0.5, verdict: verdict, source: source)
  }

  private let unsure = Verdict.unsure([.score(0.5, unsure: 0.4...0.6)])

  @Test func countsEachKindOfError() throws {
    let images = [
      image(false, .real, "b"), image(false, .fake, "b"), image(false, unsure, "a"), image(false, .real),
      image(true, .fake, "b"), image(true, .real, "a"), image(true, .fake, "a"), image(true, unsure, "a"),
      image(true, unsure, "a"), image(true, .fake),
    ]
    let summary = try #require(VerdictSummary(images))
    #expect(summary.all.unsure == Proportion(3, of: 10))
    #expect(summary.all.realCalledFake == Proportion(1, of: 4))
    #expect(summary.all.generatedCalledReal == Proportion(1, of: 6))
    #expect(summary.all.rightWhereSure == Proportion(5, of: 7))
    #expect(summary.sources.map(\.name) == ["a", "b", nil])
    #expect(summary.sources.map(\.counts.unsure) == [.init(3, of: 5), .init(0, of: 3), .init(0, of: 2)])
    #expect(
      summary.sources.map(\.counts.realCalledFake) == [.init(0, of: 1), .init(1, of: 2), .init(0, of: 1)])
    #expect(summary.sources.map(\.counts.rightWhereSure.count) == [1, 2, 2])
  }

  @Test func thereIsNoneWhereAVerdictIsMissing() {
    #expect(VerdictSummary([]) == nil)
    #expect(VerdictSummary([image(true, .fake), image(false, nil)]) == nil)
  }
}
