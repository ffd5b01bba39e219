import ImageProcessor
import ViTModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImageClassifier {
  /// Classifies one image and makes a map of where the result comes from, on the caller's thread and those of the budget.
  ///
  /// The same bytes give the same bits of the map, whatever the threads. `rollout` takes two runs of the network and the
  /// memory of all attentions, `occlusion` a run for each place, 16 at a time.
  ///
  /// - Parameters:
  ///   - imageBytes: As for `classifyAndWait(imageBytes:topK:functionToApply:)`.
  ///   - method: How the map is made.
  /// - Throws: As `classifyAndWait(imageBytes:topK:functionToApply:)`, and `ExplanationError`.
  @available(*, noasync, message: "it blocks the thread; await explain, which runs on threads of its own")
  public func explainAndWait(
    imageBytes: some ContiguousBytes, by method: ExplanationMethod = .rollout()
  ) throws -> Explanation {
    try explanation(of: Self.copiedBytes(of: imageBytes, limits), by: method)
  }

  /// Classifies the image in a file and makes a map of where the result comes from.
  ///
  /// - Throws: `FileError`, or as `explainAndWait(imageBytes:by:)`.
  @available(*, noasync, message: "it blocks the thread; await explain, which runs on threads of its own")
  public func explainAndWait(
    fileAt path: String, by method: ExplanationMethod = .rollout()
  ) throws -> Explanation {
    try explanation(of: ImageFile.read(path, limits: limits), by: method)
  }

  /// Classifies one image and makes a map of where the result comes from; as `explainAndWait(imageBytes:by:)`, on a thread
  /// of its own.
  ///
  /// - Throws: As that; `CancellationError`, `ImageClassifierError.busy`, `.threadUnavailable`.
  public func explain(
    imageBytes: some ContiguousBytes & Sendable, by method: ExplanationMethod = .rollout()
  ) async throws -> Explanation {
    try await calls.run { [self] in
      try explanation(of: Self.copiedBytes(of: imageBytes, limits), by: method)
    }
  }

  /// Classifies the image in a file and makes a map of where the result comes from; as `explain(imageBytes:by:)`.
  public func explain(
    fileAt path: String, by method: ExplanationMethod = .rollout()
  ) async throws -> Explanation {
    try await calls.run { [self] in
      try explanation(of: ImageFile.read(path, limits: limits), by: method)
    }
  }

  private func explanation(of bytes: [UInt8], by method: ExplanationMethod) throws -> Explanation {
    let decoded = try budget.withCompute { _ in
      try ImageDecoder.decode(bytes, limits: limits, alpha: processor.alphaHandling(policy))
    }
    let pixelValues = try budget.withCompute { _ in
      try processor.preprocess(decoded, policy: policy, limits: limits)
    }
    let picture = try decoded.image(for: policy)
    let frame = try processor.frame(width: picture.width, height: picture.height, limits: limits)
    let size = ImageExtent(height: pixelValues.shape[2], width: pixelValues.shape[3])
    func explanation(
      _ method: ExplanationMethod, _ result: ClassificationResult, _ values: Tensor, cells: Tensor,
      covered: ImageExtent, target: String?
    ) -> Explanation {
      let share = (
        height: Double(covered.height) / Double(size.height),
        width: Double(covered.width) / Double(size.width)
      )
      return Explanation(
        result: result, method: method, values: values, frame: frame, target: target, picture: picture,
        cells: cells, covered: share, limits: limits)
    }
    switch method {
    case .rollout(let rollout):
      try rollout.check()
      guard let reading = model.config.attentionReading(of: size, for: head?.feature) else {
        throw ExplanationError.noRollout(model: identity.id, className: model.config.className)
      }
      let result = try results(of: pixelValues, facts: [decoded.facts])[0]
      let attentions = try model(pixelValues, outputAttentions: true, budget: budget).attentions ?? []
      let shares = try rollout.shares(attentions, image: 0, reading: reading)
      let values = try Tensor(
        shares.map { Float($0) }, shape: [reading.grid.height, reading.grid.width])
      let covered = ImageExtent(
        height: reading.grid.height * reading.patch.height, width: reading.grid.width * reading.patch.width)
      return explanation(method, result, values, cells: values, covered: covered, target: nil)
    case .occlusion(let occlusion):
      let places = try occlusion.places(height: size.height, width: size.width)
      let result = try results(of: pixelValues, facts: [decoded.facts])[0]
      let best = result.generatedLogOdds == nil ? result.first : nil
      let losses = try occlusion.losses(
        pixelValues, places,
        fill: processor.pixelValues(red: occlusion.fill, green: occlusion.fill, blue: occlusion.fill)
      ) { try scores($0, of: best?.index) }.map { Float($0) }
      let values = try Tensor(losses, shape: [places.rows, places.columns])
      let cells = try Tensor(places.spread(losses), shape: [size.height, size.width])
      let used = Occlusion(side: places.side, stride: places.stride, fill: occlusion.fill)
      return explanation(
        .occlusion(used), result, values, cells: cells, covered: size, target: best?.label)
    }
  }

  /// What occlusion takes for the result: the log-odds of P(AI), or the logit of a label.
  private func scores(_ pixelValues: Tensor, of label: Int?) throws -> [Double] {
    let (logits, generated) = (try logits(pixelValues), try? generatedLabels)
    return try (0..<logits.shape[0]).map { image in
      let logits = try logits.selected(image).elements
      guard logits.allSatisfy(\.isFinite) else {
        throw ImageClassifierError.nonFiniteLogits(model: identity.id)
      }
      if let label { return Double(logits[label]) }
      return generated?.logOdds(logits) ?? 0
    }
  }
}
