import Platform

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImagePipeline {
  /// Images that are decoded, and then run through the network, together.
  static var chunk: Int { 16 }

  /// The bytes of an image that may be of anybody's type.
  ///
  /// To ask for them while the budget is held would wait for ever where that type uses the classifier, and to ask for
  /// several at once where two of them share a lock.
  static func copiedBytes(of image: some ContiguousBytes, _ limits: DecodeLimits) throws -> [UInt8] {
    if let bytes = image as? [UInt8] { return bytes }
    return try image.withUnsafeBytes { bytes in
      // As the decoder would say, before there is a copy.
      try limits.check(encodedBytes: bytes.count)
      guard isMemoryAvailable(byteCount: bytes.count) else {
        throw ImageError.outOfMemory(bytes: bytes.count)
      }
      return [UInt8](bytes)
    }
  }

  /// Runs something on the pixel values of images, several at once.
  ///
  /// - Parameters:
  ///   - read: Gives an item's bytes. Called outside the budget, because it may wait, or be a caller's code.
  ///   - run: Gives a result for each image of a batch, of which it is also told what their files say of them.
  func each<Item, R>(
    _ items: [Item], read: (Item) -> Result<[UInt8], any Error>, run: (Tensor, [ImageFacts]) throws -> [R]
  ) -> [Result<R, any Error>] {
    stride(from: 0, to: items.count, by: Self.chunk).flatMap { first in
      let chunk = items[first..<min(first + Self.chunk, items.count)]
      return each(preprocess(chunk.map(read)), run: run)
    }
  }

  /// Runs something on images that are ready, or have failed.
  func each<R>(
    _ inputs: [Result<PreparedImage, any Error>], run: (Tensor, [ImageFacts]) throws -> [R]
  ) -> [Result<R, any Error>] {
    zip(inputs, runTogether(inputs, run)).map { input, result in
      input.flatMap { image in
        if let result { return .success(result) }
        // Together they failed: each is tried alone, so that the error lands on whom it belongs to.
        return Result { try run(image.pixelValues, [image.facts])[0] }
      }
    }
  }

  /// Runs pixel values of the same size together: an image processor that keeps proportions makes several sizes.
  ///
  /// - Returns: For each image its result; `nil` where there are no pixel values, and where a run failed.
  private func runTogether<R>(
    _ inputs: [Result<PreparedImage, any Error>], _ run: (Tensor, [ImageFacts]) throws -> [R]
  ) -> [R?] {
    let inputs = inputs.map { try? $0.get() }
    var results = [R?](repeating: nil, count: inputs.count)
    var waiting = inputs.indices.filter { inputs[$0] != nil }
    while let first = waiting.first, let shape = inputs[first]?.pixelValues.shape {
      let same = waiting.filter { inputs[$0]?.pixelValues.shape == shape }
      waiting.removeAll(where: same.contains)
      let images = same.compactMap { inputs[$0] }
      guard let found = try? run(Self.stacked(images.map(\.pixelValues)), images.map(\.facts)) else {
        continue
      }
      for (index, result) in zip(same, found) { results[index] = result }
    }
    return results
  }

  /// Decodes and preprocesses on the budget's threads.
  private func preprocess(
    _ images: [Result<[UInt8], any Error>]
  ) -> [Result<PreparedImage, any Error>] {
    let slots = Locked([Result<PreparedImage, any Error>?](repeating: nil, count: images.count))
    budget.withCompute { compute in
      compute.parallelFor(images.count) { index, _ in
        let result = Result { try images[index].get().withUnsafeBytes { try prepared($0) } }
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
