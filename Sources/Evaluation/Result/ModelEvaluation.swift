import AIGuardVision

/// What a model's scores depend on.
public struct EvaluatedModel: Sendable, Equatable {
  /// A Hub id, or the name of a folder.
  public let id: String
  /// The SHA-256 of the weights.
  public let sha256: String
  /// What users of the model should know.
  public let note: String?
  /// The labels that mean "generated", as the model spells them.
  public let generatedLabels: [String]
  /// The reference whose pixel values were reproduced.
  public let profile: String
  /// Whether images were turned upright first.
  public let policy: String
  /// The arithmetic of the matrix products.
  public let precision: String
  /// The instruction set of the kernels.
  public let kernels: String
  /// The version of this library.
  public let version: String

  /// A model by the provenance of its results.
  ///
  /// - Throws: As `ModelIdentity.sha256`.
  public init(_ provenance: Provenance, generatedLabels: [String]) throws {
    id = provenance.model.id
    sha256 = try provenance.model.sha256
    note = provenance.model.note
    self.generatedLabels = generatedLabels
    profile = provenance.profile.rawValue
    policy = provenance.policy.rawValue
    precision = provenance.precision.rawValue
    kernels = provenance.kernels.rawValue
    version = provenance.version
  }

  /// A model by its parts.
  public init(
    id: String, sha256: String, note: String? = nil, generatedLabels: [String], profile: String,
    policy: String, precision: String, kernels: String, version: String
  ) {
    self.id = id
    self.sha256 = sha256
    self.note = note
    self.generatedLabels = generatedLabels
    self.profile = profile
    self.policy = policy
    self.precision = precision
    self.kernels = kernels
    self.version = version
  }
}

/// How good one model is on one set of images.
public struct ModelEvaluation: Sendable, Equatable {
  /// The model.
  public let model: EvaluatedModel
  /// The images with their scores, in the order of the data set.
  public let images: [ScoredImage]
  /// Images that could be decoded and that this model gave nothing for.
  public let failures: [EvaluatedData.Failure]
  /// The figures.
  public let metrics: BinaryMetrics
  /// The ROC curve; `nil` where one of the classes has no images.
  public let rocCurve: ROCCurve?
  /// Precision against recall; `nil` without generated images.
  public let precisionRecallCurve: PrecisionRecallCurve?
  /// Scores against truth, in bins of equal width; `nil` without images.
  public let calibration: CalibrationCurve?
  /// The same in bins of equal numbers of images.
  public let calibrationByMass: CalibrationCurve?
  /// Figures by label, source, size and format, as far as these are known.
  public let tables: [GroupTable]
  /// The images that the model is most wrong about: those on the wrong side of the threshold, the farthest from the truth
  /// first.
  public let hardest: [ScoredImage]
  /// What calibrated verdicts say; `nil` where the model has no calibration.
  public let verdicts: VerdictSummary?
  /// Which label was taken for which, where the data set and the model have the same labels and more than two.
  public let classes: ConfusionMatrix?
  /// The main figures of the same images, changed in each way of a sweep; empty without one.
  public let sweep: [SweepRow]

  /// One way of changing the images, and the figures then.
  public struct SweepRow: Sendable, Equatable {
    /// What it is called, such as `JPEG 50`.
    public let name: String
    /// How the images were changed.
    public let recipe: String
    /// The figures, without intervals.
    public let metrics: BinaryMetrics
    /// Images that could not be changed, or that the model gave nothing for then.
    public let failures: [EvaluatedData.Failure]

    /// A row of figures.
    public init(name: String, recipe: String, metrics: BinaryMetrics, failures: [EvaluatedData.Failure]) {
      self.name = name
      self.recipe = recipe
      self.metrics = metrics
      self.failures = failures
    }
  }

  /// Computes everything from the scores.
  ///
  /// - Parameters:
  ///   - model: What was judged.
  ///   - images: The judged images, in the order of the data set.
  ///   - failures: Those that the model gave nothing for.
  ///   - labels: All labels of the model; where the data set's are among them, and they are more than two, `classes` is made.
  ///   - threshold: The lowest score that is called generated.
  ///   - bootstrap: How intervals are made; `nil` for none.
  ///   - hardestCount: How many of the hardest images are named.
  ///   - sweep: The figures of the changed images.
  /// - Throws: `EvaluationError`.
  public init(
    model: EvaluatedModel, images: [ScoredImage], failures: [EvaluatedData.Failure] = [],
    labels: [String] = [],
    threshold: Double = 0.5, bootstrap: Bootstrap? = Bootstrap(), hardestCount: Int = 12,
    sweep: [SweepRow] = []
  ) throws(EvaluationError) {
    let data = try BinaryScores(images)
    self.model = model
    self.images = images
    self.failures = failures
    self.sweep = sweep
    metrics = try BinaryMetrics(data, threshold: threshold, bootstrap: bootstrap)
    rocCurve = ROCCurve(data)
    precisionRecallCurve = PrecisionRecallCurve(data)
    calibration = CalibrationCurve(data, binning: .equalWidth)
    calibrationByMass = CalibrationCurve(data, binning: .equalMass)
    var tables: [GroupTable] = []
    for grouping in GroupTable.Grouping.allCases {
      if let table = try GroupTable(images, by: grouping, threshold: threshold) { tables.append(table) }
    }
    self.tables = tables
    hardest = Self.hardest(images, threshold: threshold, count: hardestCount)
    verdicts = VerdictSummary(images)
    classes = try Self.classes(images, labels)
  }

  private static func hardest(_ images: [ScoredImage], threshold: Double, count: Int) -> [ScoredImage] {
    func distance(_ image: ScoredImage) -> Double { abs(image.score - (image.isGenerated ? 1 : 0)) }
    let wrong = images.enumerated().filter { ($1.score >= threshold) != $1.isGenerated }
    let sorted = wrong.sorted { left, right in
      let (first, second) = (distance(left.element), distance(right.element))
      return first == second ? left.offset < right.offset : first > second
    }
    return sorted.prefix(max(0, count)).map(\.element)
  }

  private static func classes(
    _ images: [ScoredImage], _ labels: [String]
  ) throws(EvaluationError) -> ConfusionMatrix? {
    guard labels.count > 2, !images.isEmpty else { return nil }
    var indices: [String: Int] = [:]
    for (index, label) in labels.enumerated() where indices[label] == nil { indices[label] = index }
    let actual = images.compactMap { indices[$0.label] }
    let predicted = images.compactMap { $0.predictedLabel.flatMap { indices[$0] } }
    guard actual.count == images.count, predicted.count == images.count else { return nil }
    return try ConfusionMatrix(labels: labels, actual: actual, predicted: predicted)
  }
}
