/// What the logits of a batch are to be.
package enum LossTargets: Sendable, Equatable {
  /// The class of each image.
  case classes([Int])
  /// A share between 0 and 1 of each class for each image, [images, classes]: soft labels, of mixed images too, and the
  /// labels of images that may have several.
  case shares([Float])
}

/// How far the logits of images are from what they are to be: a mean over all images of an update, also where these come
/// in several batches.
package struct Loss: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// Of the softmax, as PyTorch's `cross_entropy` with `label_smoothing`.
    case crossEntropy(labelSmoothing: Double)
    /// Of each logit's sigmoid, as PyTorch's `binary_cross_entropy_with_logits`: the mean over images and logits.
    /// `positiveWeights` are its `pos_weight`, one for each logit.
    case binaryCrossEntropy(positiveWeights: [Float]?)
  }

  /// What a teacher's logits have to say (Hinton, Vinyals and Dean, 2015).
  package struct Distillation: Sendable, Equatable {
    /// What both logits are divided by.
    package let temperature: Double
    /// The share of the teacher in the loss; the labels have the rest.
    package let weight: Double

    package init(temperature: Double, weight: Double) {
      self.temperature = temperature
      self.weight = weight
    }
  }

  package let kind: Kind
  /// PyTorch's `weight`: what an image's or a logit's part is multiplied by, for each class.
  package let classWeights: [Float]?
  package let distillation: Distillation?

  /// - Throws: `OptimizationError.setting`.
  package init(
    _ kind: Kind = .crossEntropy(labelSmoothing: 0), classWeights: [Float]? = nil,
    distillation: Distillation? = nil
  ) throws(OptimizationError) {
    typealias Check = OptimizerSettings
    switch kind {
    case .crossEntropy(let smoothing):
      try Check.check("label smoothing", smoothing, (0...1).contains(smoothing), "between 0 and 1")
    case .binaryCrossEntropy(let weights):
      for weight in weights ?? [] {
        try Check.check("weight of positives", Double(weight), weight >= 0, "at least 0")
      }
    }
    for weight in classWeights ?? [] {
      try Check.check("weight of a class", Double(weight), weight >= 0, "at least 0")
    }
    if let distillation {
      let (temperature, weight) = (distillation.temperature, distillation.weight)
      try Check.check("temperature", temperature, temperature > 0, "above 0")
      try Check.check("weight of the teacher", weight, (0...1).contains(weight), "between 0 and 1")
    }
    self.kind = kind
    self.classWeights = classWeights
    self.distillation = distillation
  }

  /// The loss by which models are judged: of the labels as they are, without smoothing, weights and teacher.
  package func ofPlainLabels() throws(OptimizationError) -> Loss {
    switch kind {
    case .crossEntropy: try Loss(.crossEntropy(labelSmoothing: 0))
    case .binaryCrossEntropy: try Loss(.binaryCrossEntropy(positiveWeights: nil))
    }
  }

  /// What sums over images are divided by to be means. Those of the batches of one update are added up, and each batch's
  /// loss is computed with the sum: as the Trainer does with `num_items_in_batch`.
  package struct Denominator: Sendable, Equatable {
    package fileprivate(set) var labels = 0.0
    package fileprivate(set) var images = 0.0

    package init() {}

    fileprivate init(labels: Double, images: Double) {
      self.labels = labels
      self.images = images
    }

    package static func += (left: inout Self, right: Self) {
      left.labels += right.labels
      left.images += right.images
    }
  }

  /// What the parts of a batch count for.
  ///
  /// - Parameters:
  ///   - targets: Of the batch's images.
  ///   - classes: The width of the logits.
  /// - Throws: `OptimizationError`, for targets that are none.
  package func denominator(
    of targets: LossTargets, classes: Int
  ) throws(OptimizationError) -> Denominator {
    let images = try check(targets, classes: classes)
    switch (kind, targets) {
    case (.binaryCrossEntropy, _):
      return Denominator(labels: Double(images * classes), images: Double(images))
    case (.crossEntropy, .classes(let labels)):
      guard let classWeights else { break }
      return Denominator(labels: labels.reduce(0) { $0 + Double(classWeights[$1]) }, images: Double(images))
    case (.crossEntropy, .shares): break
    }
    return Denominator(labels: Double(images), images: Double(images))
  }

  /// The loss of a batch, and its gradient with respect to the logits.
  ///
  /// Each image's part is computed for itself in double precision, and the parts are added in the order of the images.
  ///
  /// - Parameters:
  ///   - logits: [images, classes].
  ///   - targets: Of as many images.
  ///   - teacher: The teacher's logits of the same images, [images, classes], where there is one.
  ///   - denominator: Of all the batches of the update; of this batch where `nil`.
  ///   - gradients: [images, classes], overwritten.
  /// - Returns: The batch's part of the mean over the update.
  /// - Throws: `OptimizationError`, also for logits that are not finite.
  package func evaluate(
    logits: UnsafePointer<Float>, classes: Int, targets: LossTargets, teacher: [Float]? = nil,
    denominator: Denominator? = nil, gradients: UnsafeMutablePointer<Float>
  ) throws(OptimizationError) -> Double {
    let own = try self.denominator(of: targets, classes: classes)
    let denominator = denominator ?? own
    let images = Int(own.images)
    if distillation != nil {
      guard teacher?.count == images * classes else {
        throw .targetCount(
          purpose: "logits of the teacher", found: teacher?.count ?? 0, expected: images * classes)
      }
    }
    for place in 0..<images * classes where !logits[place].isFinite {
      throw .nonFiniteLogit(image: place / classes, index: place % classes)
    }
    var row = LossRow(classes: classes)
    var sum = 0.0
    for image in 0..<images {
      let start = image * classes
      row.read(logits + start)
      let weight = 1 - (distillation?.weight ?? 0)
      // Labels that no class weight leaves anything of count for nothing, and not for 0/0.
      if weight > 0, denominator.labels > 0 {
        addLabels(targets, image, to: &row, weight / denominator.labels)
      }
      if let distillation, let teacher {
        guard teacher[start..<start + classes].allSatisfy(\.isFinite) else {
          throw .target(purpose: "logits of the teacher", image: image, found: .nan)
        }
        row.addDivergence(
          from: teacher[start..<start + classes], temperature: distillation.temperature,
          distillation.weight / denominator.images)
      }
      sum += row.loss
      for index in 0..<classes { gradients[start + index] = Float(row.gradients[index]) }
    }
    return sum
  }

  private func addLabels(_ targets: LossTargets, _ image: Int, to row: inout LossRow, _ factor: Double) {
    let classes = row.classes
    func share(_ index: Int) -> Double {
      switch targets {
      // Of one logit the class is the label itself.
      case .classes(let labels):
        classes == 1 ? Double(labels[image]) : labels[image] == index ? 1 : 0
      case .shares(let shares): Double(shares[image * classes + index])
      }
    }
    switch kind {
    case .binaryCrossEntropy(let positiveWeights):
      row.addBinaryCrossEntropy(
        share, positiveWeight: { Double(positiveWeights?[$0] ?? 1) },
        { factor * Double(classWeights?[$0] ?? 1) })
    case .crossEntropy(let smoothing):
      let even = smoothing / Double(classes)
      row.addCrossEntropy { index in
        let weight = Double(classWeights?[index] ?? 1)
        return factor * weight * (share(index) * (1 - smoothing) + even)
      }
    }
  }

  /// - Returns: The number of images.
  private func check(_ targets: LossTargets, classes: Int) throws(OptimizationError) -> Int {
    var purposes = [("weights of classes", classWeights)]
    if case .binaryCrossEntropy(let weights) = kind { purposes.append(("weights of positives", weights)) }
    for case (let purpose, let weights?) in purposes where weights.count != classes {
      throw .targetCount(purpose: purpose, found: weights.count, expected: classes)
    }
    switch targets {
    case .classes(let labels):
      var count = classes
      // A sigmoid's two classes have one logit.
      if case .binaryCrossEntropy = kind, classes == 1 { count = 2 }
      for (image, label) in labels.enumerated() where !(0..<count).contains(label) {
        throw .labelOutOfRange(image: image, label: label, classes: count)
      }
      return labels.count
    case .shares(let shares):
      guard shares.count.isMultiple(of: classes) else {
        throw .targetCount(
          purpose: "shares", found: shares.count, expected: (shares.count / classes + 1) * classes)
      }
      for (place, share) in shares.enumerated() where !(0...1).contains(share) {
        throw .target(purpose: "shares", image: place / classes, found: share)
      }
      return shares.count / classes
    }
  }
}
