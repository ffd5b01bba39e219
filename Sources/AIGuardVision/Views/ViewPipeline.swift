import ImageProcessor
import Platform

/// The views of images: each image is decoded once, and becomes the pixel values of its views.
struct ViewPipeline: Sendable {
  /// The views of one image: their pixel values, which are all that is kept of them, and what the file says of it.
  typealias Views = [(view: ImageView, image: Result<PreparedImage, any Error>)]

  let classifier: ImageClassifier
  let views: [ImageView]
  /// Decodes an image. Tests count its calls.
  var decode: @Sendable (UnsafeRawBufferPointer, DecodeLimits, AlphaHandling) throws -> DecodedImage = {
    try ImageDecoder.decode($0, limits: $1, alpha: $2)
  }

  /// - Parameter views: The whole image is the first of them, asked for or not; each is taken once.
  init(_ classifier: ImageClassifier, _ views: [ImageView]) {
    self.classifier = classifier
    var seen: Set<ImageView> = [.whole]
    self.views = [.whole] + views.filter { seen.insert($0).inserted }
  }

  /// Images that are decoded together, each of them whole: no more than there are threads to do it.
  private var chunk: Int { min(classifier.budget.threads, ImageClassifier.chunk) }

  /// Classifies the views of several images.
  ///
  /// - Parameter read: Gives an item's bytes. Called outside the budget, because it may wait, or be a caller's code.
  func each<Item>(
    _ items: [Item], topK: Int, functionToApply: ClassificationFunction?,
    read: (Item) -> Result<[UInt8], any Error>
  ) -> [Result<ViewsResult, any Error>] {
    stride(from: 0, to: items.count, by: chunk).flatMap { first in
      let images = prepare(items[first..<min(first + chunk, items.count)].map(read))
      return classify(images, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Decodes and prepares on the budget's threads.
  private func prepare(_ files: [Result<[UInt8], any Error>]) -> [Result<Views, any Error>] {
    let slots = Locked([Result<Views, any Error>?](repeating: nil, count: files.count))
    classifier.budget.withCompute { compute in
      compute.parallelFor(files.count) { index, _ in
        let result = files[index].flatMap { bytes in
          Result { try bytes.withUnsafeBytes { try views(of: $0) } }
        }
        slots.withLock { $0[index] = result }
      }
    }
    return slots.withLock { $0.compactMap { $0 } }
  }

  /// The pixel values of an image's views.
  ///
  /// - Throws: What classifying the image would throw.
  func views(of bytes: UnsafeRawBufferPointer) throws -> Views {
    let (processor, policy, limits) = (classifier.processor, classifier.policy, classifier.limits)
    let decoded = try decode(bytes, limits, processor.alphaHandling(policy))
    let whole = try processor.preprocess(decoded, policy: policy, limits: limits)
    let facts = decoded.facts
    var result: Views = [(.whole, .success(PreparedImage(pixelValues: whole, facts: facts)))]
    guard views.count > 1 else { return result }
    let image = try decoded.image(for: policy)
    for view in views.dropFirst() {
      let pixelValues = Result {
        // One view at a time: of an image there are never more than two besides the one that was decoded.
        try view.image(of: image, native: processor.nativeSize, limits: limits).map {
          try processor.preprocess($0, limits: limits)
        }
      }
      switch pixelValues {
      case .success(let values?):
        result.append((view, .success(PreparedImage(pixelValues: values, facts: facts))))
      case .success(nil): break
      case .failure(let error): result.append((view, .failure(error)))
      }
    }
    return result
  }

  /// Runs all views of the images through the network, 16 at a time.
  private func classify(
    _ images: [Result<Views, any Error>], topK: Int, functionToApply: ClassificationFunction?
  ) -> [Result<ViewsResult, any Error>] {
    let inputs = images.flatMap { (try? $0.get())?.map(\.image) ?? [] }
    let results = stride(from: 0, to: inputs.count, by: ImageClassifier.chunk).flatMap { first in
      classifier.each(Array(inputs[first..<min(first + ImageClassifier.chunk, inputs.count)])) {
        pixelValues, facts in
        try classifier.results(of: pixelValues, facts: facts, topK: topK, functionToApply: functionToApply)
      }
    }
    var rest = results[...]
    return images.map { image in
      image.flatMap { views in
        let answers = zip(views, rest).map { ViewsResult.Answer(view: $0.view, result: $1) }
        rest = rest.dropFirst(views.count)
        return Result { ViewsResult(whole: try answers[0].result.get(), answers: answers) }
      }
    }
  }
}
