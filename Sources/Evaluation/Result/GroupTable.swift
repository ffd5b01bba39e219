import AIGuardVision

/// A model's figures by groups of images.
public struct GroupTable: Sendable, Equatable {
  /// By what images are put together.
  public enum Grouping: String, Sendable, CaseIterable {
    /// Their label in the data set, which is a folder in most.
    case label
    /// Where they came from.
    case source
    /// Their size, by the class of the shorter side.
    case size
    /// The format of their files.
    case format
  }

  /// The figures of one group.
  public struct Row: Sendable, Equatable {
    /// What its images have in common; `nil` where that is not known.
    public let name: String?
    /// The images that were judged rightly, of all in it.
    public let correct: Proportion
    /// The generated images that were called so.
    public let generated: Proportion
    /// The photographs that were called so.
    public let real: Proportion
    /// The area under the ROC curve; `nil` where one of the classes has no images.
    public let rocArea: Double?
    /// The mean of the scores.
    public let meanScore: Double
  }

  /// By what.
  public let grouping: Grouping
  /// By size from the smallest, else in the order of their names; what is not known last.
  public let rows: [Row]

  /// A table of images; `nil` where nothing is known to group them by.
  ///
  /// - Throws: `EvaluationError.scoreOutOfRange`.
  init?(_ images: [ScoredImage], by grouping: Grouping, threshold: Double) throws(EvaluationError) {
    let groups = Self.groups(images, by: grouping)
    guard !groups.isEmpty else { return nil }
    self.grouping = grouping
    var rows: [Row] = []
    for group in groups { rows.append(try Row(group.name, group.images, threshold: threshold)) }
    self.rows = rows
  }

  /// The images by group, in the order of the table's rows; none where nothing is known to group them by.
  static func groups(
    _ images: [ScoredImage], by grouping: Grouping
  ) -> [(name: String?, images: [ScoredImage])] {
    var groups: [String?: [ScoredImage]] = [:]
    for image in images { groups[name(image, grouping), default: []].append(image) }
    guard groups.keys.contains(where: { $0 != nil }) else { return [] }
    return groups.keys.sorted { isBefore($0, $1, grouping) }.map { ($0, groups[$0, default: []]) }
  }

  private static func name(_ image: ScoredImage, _ grouping: Grouping) -> String? {
    switch grouping {
    case .label: image.label
    case .source: image.source
    case .size: image.file?.sizeClass
    case .format: image.file?.format.rawValue
    }
  }

  private static func isBefore(_ left: String?, _ right: String?, _ grouping: Grouping) -> Bool {
    guard let left, let right else { return left != nil && right == nil }
    if grouping == .size, let first = ImageFacts.sizeClasses.firstIndex(of: left),
      let second = ImageFacts.sizeClasses.firstIndex(of: right)
    {
      return first < second
    }
    // By scalars: an order that does not depend on a locale.
    return left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
  }
}

extension GroupTable.Row {
  fileprivate init(_ name: String?, _ images: [ScoredImage], threshold: Double) throws(EvaluationError) {
    let data = try BinaryScores(images)
    let confusion = data.confusion(threshold: threshold, negative: "", positive: "")
    self.name = name
    correct = confusion.correct
    generated = confusion.recall(of: 1)
    real = confusion.recall(of: 0)
    rocArea = ROCCurve(data)?.area
    meanScore = data.scores.reduce(0, +) / Double(max(1, data.count))
  }
}
