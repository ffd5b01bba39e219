#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The calls for asynchronous code, with the errors that those of `ImageClassifier` have.
extension ImageEmbedder {
  /// Computes features of one image; as `featuresAndWait(imageBytes:kinds:)`.
  public func features(
    imageBytes: some ContiguousBytes & Sendable, kinds: Set<ImageFeature> = allFeatures
  ) async throws -> ImageFeatures {
    try await calls.run { [self] in try featuresAndWait(imageBytes: imageBytes, kinds: kinds) }
  }

  /// Computes features of the image in a file; as `featuresAndWait(fileAt:kinds:)`.
  public func features(
    fileAt path: String, kinds: Set<ImageFeature> = allFeatures
  ) async throws -> ImageFeatures {
    try await calls.run { [self] in try featuresAndWait(fileAt: path, kinds: kinds) }
  }

  /// Computes features of the image in a file; as `features(fileAt:kinds:)` for a path.
  public func features(
    fileAt url: URL, kinds: Set<ImageFeature> = allFeatures
  ) async throws -> ImageFeatures {
    try await features(fileAt: url.filePath(), kinds: kinds)
  }

  /// Computes features of pixel values that were prepared elsewhere; as `featuresAndWait(pixelValues:kinds:)`.
  public func features(
    pixelValues: Tensor, kinds: Set<ImageFeature> = allFeatures
  ) async throws -> [ImageFeatures] {
    try await calls.run { [self] in try featuresAndWait(pixelValues: pixelValues, kinds: kinds) }
  }

  /// Computes features of several images; as `featuresAndWait(batch:kinds:)`.
  public func features(
    batch: [some ContiguousBytes & Sendable], kinds: Set<ImageFeature> = allFeatures
  ) async throws -> [Result<ImageFeatures, any Error>] {
    try await calls.run { [self] in featuresAndWait(batch: batch, kinds: kinds) }
  }

  /// Computes features of the images in several files; as `featuresAndWait(filesAt:kinds:)`.
  public func features(
    filesAt paths: [String], kinds: Set<ImageFeature> = allFeatures
  ) async throws -> [Result<ImageFeatures, any Error>] {
    try await calls.run { [self] in featuresAndWait(filesAt: paths, kinds: kinds) }
  }

  /// Computes features of the images in several files; as `features(filesAt:kinds:)` for paths.
  public func features(
    filesAt urls: [URL], kinds: Set<ImageFeature> = allFeatures
  ) async throws -> [Result<ImageFeatures, any Error>] {
    try await calls.run { [self] in featuresAndWait(filesAt: urls, kinds: kinds) }
  }

  /// Runs the network once on an empty image, so that the first real call pays for nothing but itself.
  ///
  /// - Throws: When the model cannot run.
  public func prepare() async throws { try await calls.run { [self] in try prepareAndWait() } }

  /// Computes features of the image in a file on the caller's thread; as `featuresAndWait(fileAt:kinds:)` for a path.
  @available(*, noasync, message: "it blocks the thread; await features, which runs on threads of its own")
  public func featuresAndWait(
    fileAt url: URL, kinds: Set<ImageFeature> = allFeatures
  ) throws -> ImageFeatures {
    try featuresAndWait(fileAt: url.filePath(), kinds: kinds)
  }

  /// Computes features of the images in several files on the caller's thread; as `featuresAndWait(filesAt:kinds:)` for
  /// paths.
  @available(*, noasync, message: "it blocks the thread; await features, which runs on threads of its own")
  public func featuresAndWait(
    filesAt urls: [URL], kinds: Set<ImageFeature> = allFeatures
  ) -> [Result<ImageFeatures, any Error>] {
    each(urls, read: { url in Result { try ImageFile.read(url.filePath(), limits: limits) } }) {
      pixelValues, _ in
      try featuresAndWait(pixelValues: pixelValues, kinds: kinds)
    }
  }
}
