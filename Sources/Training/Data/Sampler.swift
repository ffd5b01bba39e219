import Datasets
import JSONText

/// The order of the images of each epoch: a function of the seed and the epoch alone, so that a run that goes on needs no
/// more than these.
///
/// Balanced epochs are as long as others. Each group of images, one of a class or a source, gets its share of the epoch to
/// the nearest whole number, and goes through its own images in shuffled order from epoch to epoch: none comes a second
/// time before all others of its group have come.
public struct Sampler: Sendable {
  /// How it was made.
  public let sampling: Sampling
  /// The images of an epoch.
  public let count: Int
  private let groups: [Group]
  private let generator: CounterGenerator

  fileprivate struct Group {
    let members: [Int]
    /// How many images of an epoch are of this group.
    let share: Int
    let generator: CounterGenerator
  }

  /// - Parameters:
  ///   - records: The images, which the indices of an epoch refer to.
  ///   - sampling: The order.
  public init(_ records: [ImageRecord], sampling: Sampling) {
    self.sampling = sampling
    count = records.count
    generator = CounterGenerator(seed: sampling.seed, stream: "order")
    groups = sampling.isShuffled ? Self.groups(records, sampling) : []
  }

  /// The batches of an epoch.
  public var batchCount: Int {
    let whole = count / sampling.batchSize
    return sampling.dropsLastBatch || whole * sampling.batchSize == count ? whole : whole + 1
  }

  /// The places in an epoch of a batch's images.
  public func positions(ofBatch batch: Int) -> Range<Int> {
    let start = min(max(0, batch) * sampling.batchSize, count)
    return start..<min(start + sampling.batchSize, count)
  }

  /// The images of an epoch, as indices of the records, in their order.
  ///
  /// - Parameter epoch: From 0.
  public func order(epoch: Int) -> [Int] {
    guard sampling.isShuffled else { return Array(0..<count) }
    let epoch = UInt64(truncatingIfNeeded: epoch)
    var order: [Int] = []
    order.reserveCapacity(count)
    if sampling.balance == .none {
      order += 0..<count
    } else {
      for group in groups { group.append(to: &order, epoch: epoch) }
    }
    generator.shuffle(&order, round: epoch)
    return order
  }

  // MARK: Groups

  private static func groups(_ records: [ImageRecord], _ sampling: Sampling) -> [Group] {
    let byClass = sampling.balance == .classes || sampling.balance == .classesAndSources
    let bySource = sampling.balance == .sources || sampling.balance == .classesAndSources
    guard byClass || bySource else { return [] }
    var members: [(label: ExactString?, source: ExactString?, images: [Int])] = []
    var places: [[ExactString?]: Int] = [:]
    for (index, record) in records.enumerated() {
      let label = byClass ? ExactString(record.label) : nil
      let source = bySource ? record.source.map(ExactString.init) : nil
      let place = places[[label, source], default: members.count]
      if place == members.count {
        places[[label, source]] = place
        members.append((label, source, []))
      }
      members[place].images.append(index)
    }
    // In the order of the names, whatever the records begin with: sums of weights have an order then.
    members.sort {
      ($0.label?.string ?? "", $0.source?.string ?? "", $0.images[0])
        < ($1.label?.string ?? "", $1.source?.string ?? "", $1.images[0])
    }
    let weights = members.map { bySource ? Double($0.images.count).squareRoot() : Double($0.images.count) }
    var totals: [ExactString?: Double] = [:]
    for (member, weight) in zip(members, weights) { totals[member.label, default: 0] += weight }
    let shares = shares(
      of: records.count,
      weights: zip(members, weights).map { member, weight in
        weight / (totals[member.label] ?? 1) / Double(totals.count)
      })
    return zip(members, shares).map { member, share in
      Group(
        members: member.images, share: share,
        generator: CounterGenerator(
          seed: sampling.seed,
          stream: "order \(member.label?.string ?? "")\u{0}\(member.source?.string ?? "")"))
    }
  }

  /// Whole numbers that add up to `count`, in proportion to weights that add up to 1: the largest remainders are rounded up,
  /// the first of equals.
  private static func shares(of count: Int, weights: [Double]) -> [Int] {
    let exact = weights.map { $0 * Double(count) }
    var shares = exact.map { Int($0.rounded(.down)) }
    let missing = count - shares.reduce(0, +)
    let order = weights.indices.sorted {
      (exact[$1] - exact[$1].rounded(.down), $0) < (exact[$0] - exact[$0].rounded(.down), $1)
    }
    for index in order.prefix(max(0, missing)) { shares[index] += 1 }
    return shares
  }
}

extension Sampler.Group {
  /// Appends this group's images of an epoch, which go on where those of the epoch before ended.
  fileprivate func append(to order: inout [Int], epoch: UInt64) {
    let size = UInt64(members.count)
    var next = epoch &* UInt64(share)
    var round = UInt64.max
    var shuffled: [Int] = []
    for _ in 0..<share {
      if shuffled.isEmpty || next / size != round {
        round = next / size
        shuffled = members
        generator.shuffle(&shuffled, round: round)
      }
      order.append(shuffled[Int(next % size)])
      next &+= 1
    }
  }
}

extension CounterGenerator {
  /// Shuffles by Fisher and Yates; every order is as likely as every other.
  fileprivate func shuffle(_ items: inout [Int], round: UInt64) {
    for index in items.indices.dropFirst() {
      items.swapAt(index, below(index + 1, UInt64(index), round))
    }
  }

  /// An integer from 0 to `bound` - 1, all as likely (Lemire, 2019).
  ///
  /// - Parameters:
  ///   - bound: At least 1.
  ///   - low: With `high` what it is for.
  func below(_ bound: Int, _ low: UInt64, _ high: UInt64) -> Int {
    let bound = UInt64(bound)
    let refused = (0 &- bound) % bound
    var word = words(low, high)
    while true {
      for candidate in [word.0, word.1, word.2, word.3] {
        let product = candidate.multipliedFullWidth(by: bound)
        if product.low >= refused { return Int(product.high) }
      }
      // Four refusals in a row are as good as impossible; their last word leads on.
      word = words(word.3, high)
    }
  }
}
