#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImageClassifier {
  /// Images that are decoded, and then run through the network, together.
  private static let chunk = 16

  /// Classifies several images; each result is bitwise that of classifying the image alone.
  ///
  /// - Returns: A result or an error for each image, in order. One bad image does not affect the others.
  public func classify(
    batch: [some ContiguousBytes & Sendable], topK: Int = 5, functionToApply: FunctionToApply? = nil
  ) -> [Result<ClassificationResult, any Error>] {
    classify(batch, topK: topK, functionToApply: functionToApply) { .success($0) }
  }

  /// Classifies the images in several files; as `classify(batch:topK:functionToApply:)`.
  public func classify(
    filesAt paths: [String], topK: Int = 5, functionToApply: FunctionToApply? = nil
  ) -> [Result<ClassificationResult, any Error>] {
    classify(paths, topK: topK, functionToApply: functionToApply) { path in
      Result { try ImageFile.read(path, limits: limits) }
    }
  }

  /// - Parameter read: Gives an item's bytes. Called outside the budget, because reading may wait.
  private func classify<Item, Bytes: ContiguousBytes>(
    _ items: [Item], topK: Int, functionToApply: FunctionToApply?,
    read: (Item) -> Result<Bytes, any Error>
  ) -> [Result<ClassificationResult, any Error>] {
    stride(from: 0, to: items.count, by: Self.chunk).flatMap { first in
      let chunk = items[first..<min(first + Self.chunk, items.count)]
      let inputs = preprocess(chunk.map(read))
      let good = inputs.compactMap { try? $0.get() }
      let outcome = Result {
        try good.isEmpty
          ? [] : classify(pixelValues: Self.stacked(good), topK: topK, functionToApply: functionToApply)
      }
      var results = (try? outcome.get())?.makeIterator()
      return inputs.map { input in
        input.flatMap { pixelValues in
          if let result = results?.next() { return .success(result) }
          // Together they failed: each is tried alone, so that the error lands on whom it belongs to.
          return Result {
            try classify(pixelValues: pixelValues, topK: topK, functionToApply: functionToApply)[0]
          }
        }
      }
    }
  }

  /// Decodes and preprocesses on the budget's threads.
  private func preprocess(
    _ images: [Result<some ContiguousBytes, any Error>]
  ) -> [Result<Tensor, any Error>] {
    let slots = Locked([Result<Tensor, any Error>?](repeating: nil, count: images.count))
    budget.withCompute { compute in
      compute.parallelFor(images.count) { index, _ in
        let result = Result {
          try images[index].get().withUnsafeBytes { bytes in
            try processor.preprocess(imageBytes: bytes, policy: policy, limits: limits)
          }
        }
        slots.withLock { $0[index] = result }
      }
    }
    return slots.withLock { $0.compactMap { $0 } }
  }

  /// [1, C, H, W] tensors of one shape as one [N, C, H, W].
  private static func stacked(_ images: [Tensor]) throws -> Tensor {
    guard let first = images.first else { return try Tensor([], shape: [0]) }
    for image in images where image.shape != first.shape {
      throw TensorError.shapeMismatch(operation: "stacked", left: first.shape, right: image.shape)
    }
    return try Tensor(shape: [images.count] + first.shape.dropFirst()) { out in
      for (index, image) in images.enumerated() {
        image.copyElements(
          to: UnsafeMutableBufferPointer(rebasing: out[(index * first.count)..<((index + 1) * first.count)]))
      }
    }
  }
}
