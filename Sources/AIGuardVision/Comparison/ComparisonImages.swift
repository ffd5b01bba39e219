import ImageProcessor
import Platform

/// The images of a comparison: decoded once, then prepared as each model sees them.
struct ComparisonImages: Sendable {
  /// Images that are prepared: their pixel values, which are all that is kept of them.
  struct Block {
    /// For each image each way of changing it, and for each of these each way of preparing it, or why it cannot be decoded.
    var images: [Result<[Result<PreparedImage, any Error>], any Error>] = []
    /// The bytes of all pixel values.
    var byteCount = 0
  }

  /// One way of preparing images. Models often share one.
  private struct View {
    let processor: ViTImageProcessor
    let policy: InputPolicy
    var alpha: AlphaHandling { processor.alphaHandling(policy) }
  }

  private let views: [View]
  /// The view of each model.
  private let viewOfModel: [Int]
  private let limits: DecodeLimits
  private let budget: ComputeBudget
  /// The bytes that the pixel values of a block may take, and the images that are decoded at the same time.
  let maximumMemory: Int
  /// Decodes an image. Tests count its calls.
  var decode: @Sendable ([UInt8], DecodeLimits, AlphaHandling) throws -> DecodedImage = {
    try ImageDecoder.decode($0, limits: $1, alpha: $2)
  }

  /// How each image is changed before it is prepared: not at all, or in several ways.
  var changes = [ImageChange.none]

  init(_ models: [ComparedModel], limits: DecodeLimits, budget: ComputeBudget, maximumMemory: Int) {
    var seen: [ComparedModel] = []
    viewOfModel = models.map { model in
      if let index = seen.firstIndex(where: { $0.seesTheSame(as: model) }) { return index }
      seen.append(model)
      return seen.count - 1
    }
    views = seen.map { View(processor: $0.processor, policy: $0.policy) }
    self.limits = limits
    self.budget = budget
    self.maximumMemory = maximumMemory
  }

  /// Decodes and prepares images on the budget's threads, as many at the same time as the memory is for.
  func prepare(_ files: [Result<[UInt8], any Error>], into block: inout Block) {
    var first = 0
    while first < files.count {
      var end = first
      var byteCount = 0
      repeat {
        byteCount = DecodeLimits.sum(byteCount, decodedByteCount(of: files[end]))
        end += 1
      } while end < files.count
        && DecodeLimits.sum(byteCount, decodedByteCount(of: files[end])) <= maximumMemory
      let prepared = prepare(files[first..<end])
      for image in prepared {
        let values = (try? image.get())?.compactMap { try? $0.get() } ?? []
        block.byteCount += values.reduce(0) { $0 + $1.pixelValues.count * MemoryLayout<Float>.stride }
      }
      block.images += prepared
      first = end
    }
  }

  private func prepare(
    _ files: ArraySlice<Result<[UInt8], any Error>>
  ) -> [Result<[Result<PreparedImage, any Error>], any Error>] {
    let slots = Locked(
      [Result<[Result<PreparedImage, any Error>], any Error>?](repeating: nil, count: files.count))
    budget.withCompute { compute in
      compute.parallelFor(files.count) { index, _ in
        let result = files[files.startIndex + index].flatMap { bytes in Result { try views(of: bytes) } }
        slots.withLock { $0[index] = result }
      }
    }
    return slots.withLock { $0.compactMap { $0 } }
  }

  /// An image as each view has it.
  private func views(of bytes: [UInt8]) throws -> [Result<PreparedImage, any Error>] {
    var values: [Int: Result<PreparedImage, any Error>] = [:]
    var opaque: DecodedImage?
    for alpha in AlphaHandling.allCases {
      let wanted = views.indices.filter { views[$0].alpha == alpha }
      guard !wanted.isEmpty else { continue }
      let decoded = try opaque ?? decode(bytes, limits, alpha)
      // Nothing in a JPEG is transparent, so that it is the same either way.
      opaque = decoded.format == .jpeg ? decoded : nil
      for (number, change) in changes.enumerated() {
        let changed = Result { try change.apply(decoded, limits) }
        for index in wanted {
          values[number * views.count + index] = changed.flatMap { image in
            Result {
              let pixelValues = try views[index].processor.preprocess(
                image, policy: views[index].policy, limits: limits)
              return PreparedImage(pixelValues: pixelValues, facts: image.facts)
            }
          }
        }
      }
    }
    return (0..<changes.count * views.count).compactMap { values[$0] }
  }

  /// The bytes of the decoded image, by its header; none where it has no usable one, for then it is not decoded either.
  private func decodedByteCount(of file: Result<[UInt8], any Error>) -> Int {
    guard let bytes = try? file.get() else { return 0 }
    return bytes.withUnsafeBytes { bytes in
      guard let header = try? ImageDecoder.reader(of: bytes, limits: limits).header else { return 0 }
      return DecodeLimits.product(header.width, header.height, 3)
    }
  }

  /// Runs a model over a block, whose images are changed in one way.
  func classify(
    _ block: Block, with classifier: ImageClassifier, model: Int, change: Int, topK: Int,
    functionToApply: ClassificationFunction?
  ) -> [Result<ClassificationResult, any Error>] {
    let inputs = block.images.map { image in image.flatMap { $0[change * views.count + viewOfModel[model]] } }
    return stride(from: 0, to: inputs.count, by: ImageClassifier.chunk).flatMap { first in
      classifier.each(Array(inputs[first..<min(first + ImageClassifier.chunk, inputs.count)])) {
        pixelValues, facts in
        try classifier.results(of: pixelValues, facts: facts, topK: topK, functionToApply: functionToApply)
      }
    }
  }
}
