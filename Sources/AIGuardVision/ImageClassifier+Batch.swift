#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Synchronization

extension ImageClassifier {
  /// Images that are decoded, and then run through the network, together.
  private static let chunk = 16

  /// Classifies several images; each result is bitwise that of classifying the image alone.
  ///
  /// - Returns: A result or an error for each image, in order. One bad image does not affect the others.
  public func classify(
    batch: [some ContiguousBytes & Sendable], topK: Int = 5, functionToApply: FunctionToApply? = nil
  ) -> [Result<ClassificationResult, any Error>] {
    classify(count: batch.count, topK: topK, functionToApply: functionToApply) { index in
      try batch[index].withUnsafeBytes { try ImageDecoder.decode($0, limits: limits).image }
    }
  }

  /// Classifies the images in several files; as `classify(batch:topK:functionToApply:)`.
  public func classify(
    filesAt paths: [String], topK: Int = 5, functionToApply: FunctionToApply? = nil
  ) -> [Result<ClassificationResult, any Error>] {
    classify(count: paths.count, topK: topK, functionToApply: functionToApply) { index in
      try ImageDecoder.decode(ImageFile.read(paths[index], limits: limits), limits: limits).image
    }
  }

  private func classify(
    count: Int, topK: Int, functionToApply: FunctionToApply?,
    image: (Int) throws -> RGBImage
  ) -> [Result<ClassificationResult, any Error>] {
    stride(from: 0, to: count, by: Self.chunk).flatMap { first in
      let indices = first..<min(first + Self.chunk, count)
      let inputs = preprocess(indices, image)
      let good = inputs.compactMap { try? $0.get() }
      let outcome = Result {
        try good.isEmpty
          ? [] : classify(pixelValues: Self.stacked(good), topK: topK, functionToApply: functionToApply)
      }
      var results = (try? outcome.get())?.makeIterator()
      return zip(indices, inputs).map { index, input in
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
    _ indices: Range<Int>, _ image: (Int) throws -> RGBImage
  ) -> [Result<Tensor, any Error>] {
    let slots = Mutex([Result<Tensor, any Error>?](repeating: nil, count: indices.count))
    budget.withCompute { compute in
      compute.parallelFor(indices.count) { offset, _ in
        let result = Result { try processor.preprocess(image(indices.lowerBound + offset)) }
        slots.withLock { $0[offset] = result }
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
