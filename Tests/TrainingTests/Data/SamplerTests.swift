import Datasets
import JSONText
import TestSupport
import Testing

@testable import Training

/// The order of images: a function of seed and epoch, and as balanced as it says.
@Suite struct SamplerTests {
  /// Three classes of 40, 10 and 2 images; the first has sources of 36 and 4.
  private static let records: [ImageRecord] =
    (0..<40).map {
      ImageRecord(name: "a\($0)", label: "A", source: $0 < 36 ? "large" : "small")
    } + (0..<10).map { ImageRecord(name: "b\($0)", label: "B", source: "one") }
    + (0..<2).map { ImageRecord(name: "c\($0)", label: "C") }

  private func sampler(_ balance: Sampling.Balance, seed: UInt64 = 1, batchSize: Int = 8) -> Sampler {
    Sampler(Self.records, sampling: Sampling(batchSize: batchSize, balance: balance, seed: seed))
  }

  @Test func ordersAreThoseOfTheDocumentedAlgorithm() throws {
    let golden = try JSONValue(parsing: try Fixtures.bytes("augmentation/augmentation.json"))
    let orders = try #require(golden.objectValue?["orders"]?.arrayValue)
    #expect(orders.count == 4)
    for order in orders {
      let fields = try #require(order.objectValue)
      let expected = try #require(fields["order"]?.arrayValue).compactMap(\.integerValue)
      let seed = try #require(fields["seed"]?.integerValue)
      let records = expected.indices.map { ImageRecord(name: "\($0)", label: "x") }
      let sampler = Sampler(records, sampling: Sampling(batchSize: 1, seed: UInt64(seed)))
      #expect(sampler.order(epoch: try #require(fields["epoch"]?.integerValue)) == expected)
    }
  }

  @Test func anEpochHasEveryImageOnce() {
    let sampler = sampler(.none)
    #expect(sampler.order(epoch: 3).sorted() == Array(Self.records.indices))
    #expect(sampler.order(epoch: 3) == self.sampler(.none).order(epoch: 3))
    #expect(sampler.order(epoch: 3) != sampler.order(epoch: 4))
    #expect(sampler.order(epoch: 3) != self.sampler(.none, seed: 2).order(epoch: 3))
    let listed = Sampler(Self.records, sampling: Sampling(batchSize: 4, isShuffled: false, balance: .classes))
    #expect(listed.order(epoch: 5) == Array(Self.records.indices))
  }

  private func counts(_ order: [Int], _ key: (ImageRecord) -> String) -> [String: Int] {
    order.reduce(into: [:]) { $0[key(Self.records[$1]), default: 0] += 1 }
  }

  @Test func classesAndSourcesHaveTheirShares() {
    for epoch in 0..<5 {
      let classes = counts(sampler(.classes).order(epoch: epoch)) { $0.label }
      #expect(classes == ["A": 18, "B": 17, "C": 17])
      // The square roots of 36, 4, 10 and 2, of which the last has no source.
      let sources = counts(sampler(.sources).order(epoch: epoch)) { $0.source ?? "" }
      #expect(sources == ["large": 25, "small": 8, "one": 13, "": 6])
      let both = counts(sampler(.classesAndSources).order(epoch: epoch)) { $0.label + ($0.source ?? "") }
      #expect(both == ["Alarge": 13, "Asmall": 5, "Bone": 17, "C": 17])
    }
  }

  /// None comes a second time before all others of its group have come, also from one epoch to the next.
  @Test func aBalancedGroupGoesThroughItsImages() {
    let sampler = sampler(.classes)
    var counts = [Int](repeating: 0, count: Self.records.count)
    for epoch in 0..<20 { for image in sampler.order(epoch: epoch) { counts[image] += 1 } }
    for range in [0..<40, 40..<50, 50..<52] {
      let group = counts[range]
      #expect((group.max() ?? 0) - (group.min() ?? 0) <= 1)
    }
    #expect(counts.reduce(0, +) == 20 * Self.records.count)
  }

  /// Every image stands at every place about as often: chi squared over 52 places of 2,000 epochs.
  @Test func ordersAreEven() {
    let records = (0..<12).map { ImageRecord(name: "\($0)", label: "x") }
    let sampler = Sampler(records, sampling: Sampling(batchSize: 1, seed: 5))
    var counts = [Int](repeating: 0, count: 144)
    let epochs = 2_400
    for epoch in 0..<epochs {
      for (place, image) in sampler.order(epoch: epoch).enumerated() { counts[place * 12 + image] += 1 }
    }
    let expected = Double(epochs) / 12
    let sum = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    // 121 degrees of freedom: the mean is 121, the deviation 15.6.
    #expect((60...200).contains(sum))
  }

  @Test func batches() {
    #expect(sampler(.none).batchCount == 7)
    #expect(sampler(.none).positions(ofBatch: 6) == 48..<52)
    let dropping = Sampler(Self.records, sampling: Sampling(batchSize: 8, dropsLastBatch: true))
    #expect(dropping.batchCount == 6)
    #expect(sampler(.none, batchSize: 52).batchCount == 1)
    #expect(Sampler([], sampling: Sampling(batchSize: 8)).batchCount == 0)
  }
}
