import Checkpoint
import Platform

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension URL {
  /// The path of a file of this machine, whose bytes need not be UTF-8.
  ///
  /// - Throws: `ImageClassifierError.notAFileURL`.
  func filePath() throws(ImageClassifierError) -> String {
    let url = absoluteURL
    let bytes = Self.bytes(escaped: url.path(percentEncoded: true))
    guard url.isFileURL, ["", "localhost"].contains(url.host(percentEncoded: false) ?? ""),
      !bytes.isEmpty, !bytes.contains(0)
    else { throw .notAFileURL(absoluteString) }
    return String(pathBytes: bytes)
  }

  /// Foundation's own ways to a path know UTF-8 alone.
  private static func bytes(escaped path: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = path.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }
}

/// Files and folders as URLs. Each call is that of the same name for a path; a URL that names no file of this machine is
/// `ImageClassifierError.notAFileURL`.
extension ImageClassifier {
  /// Loads a model from a folder; as `init(folder:)` for a path.
  public init(
    folder: URL, weightsFile: String? = nil, baseFolder: URL? = nil, id: String? = nil,
    generatedLabels: [String]? = nil,
    profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
    precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
    packedCache: PackedCache? = nil, maximumWaitingCalls: Int = defaultMaximumWaitingCalls
  ) throws {
    try self.init(
      folder: folder.filePath(), weightsFile: weightsFile, baseFolder: baseFolder?.filePath(), id: id,
      generatedLabels: generatedLabels, profile: profile, policy: policy, precision: precision,
      limits: limits, budget: budget, packedCache: packedCache,
      maximumWaitingCalls: maximumWaitingCalls)
  }

  /// Writes the model into a folder; as `save(toFolder:dtype:maximumShardByteCount:)` for a path.
  public func save(
    toFolder folder: URL, dtype: DType? = nil,
    maximumShardByteCount: Int = ModelWeights.defaultShardByteCount
  ) throws {
    try save(toFolder: folder.filePath(), dtype: dtype, maximumShardByteCount: maximumShardByteCount)
  }

  /// Classifies the image in a file; as `classify(fileAt:topK:functionToApply:)` for a path.
  public func classify(
    fileAt url: URL, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) async throws -> ClassificationResult {
    try await classify(fileAt: url.filePath(), topK: topK, functionToApply: functionToApply)
  }

  /// Classifies the images in several files; as `classify(filesAt:topK:functionToApply:)` for paths.
  public func classify(
    filesAt urls: [URL], topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) async throws -> [Result<ClassificationResult, any Error>] {
    try await calls.run { [self] in
      classifyAndWait(filesAt: urls, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Classifies the image in a file on the caller's thread; as `classifyAndWait(fileAt:topK:functionToApply:)` for a path.
  @available(*, noasync, message: "it blocks the thread; await classify, which runs on threads of its own")
  public func classifyAndWait(
    fileAt url: URL, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) throws -> ClassificationResult {
    try classifyAndWait(fileAt: url.filePath(), topK: topK, functionToApply: functionToApply)
  }

  /// Classifies the images in several files on the caller's thread; as `classifyAndWait(filesAt:topK:functionToApply:)`
  /// for paths.
  @available(*, noasync, message: "it blocks the thread; await classify, which runs on threads of its own")
  public func classifyAndWait(
    filesAt urls: [URL], topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) -> [Result<ClassificationResult, any Error>] {
    classifyEach(urls, topK: topK, functionToApply: functionToApply) { url in
      Result { try ImageFile.read(url.filePath(), limits: limits) }
    }
  }

  /// Decodes the image in a file; as `decode(fileAt:)` for a path.
  public func decode(fileAt url: URL) throws -> DecodedImage { try decode(fileAt: url.filePath()) }
}

extension ViTImageProcessor {
  /// Loads the image processor of a model's folder; as `init(folder:profile:)` for a path.
  public init(folder: URL, profile: PreprocessingProfile = .pillow13) throws {
    try self.init(folder: folder.filePath(), profile: profile)
  }
}

extension AutoModelForImageClassification {
  /// Loads a network from a folder; as `init(folder:weightsFile:precision:budget:packedCache:)` for a path.
  public init(
    folder: URL, weightsFile: String? = nil, precision: Precision = .float32,
    budget: ComputeBudget = .shared, packedCache: PackedCache? = nil
  ) throws {
    try self.init(
      folder: folder.filePath(), weightsFile: weightsFile, precision: precision, budget: budget,
      packedCache: packedCache)
  }
}

extension PackedCache {
  /// Names a folder; nothing is looked at yet.
  public init(folder: URL) throws { try self.init(folder: folder.filePath()) }
}

#if Hub
  extension ModelHub {
    /// A hub with these settings and no others; as `init(endpoint:cacheFolder:token:isOffline:)` for a path.
    public init(
      endpoint: String = "https://huggingface.co", cacheFolder: URL, token: String? = nil,
      isOffline: Bool = false
    ) throws {
      try self.init(
        endpoint: endpoint, cacheFolder: cacheFolder.filePath(), token: token, isOffline: isOffline)
    }
  }
#endif
