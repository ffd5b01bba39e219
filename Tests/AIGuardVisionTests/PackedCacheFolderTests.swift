import AIGuardVision
import Checkpoint
import Foundation
import Layers
import Platform
import TestSupport
import Testing

/// Folders that cannot be used as a packed cache, and what is remembered of weights files.
@Suite struct PackedCacheFolderTests {
  @Test func aFolderThatCannotBeMadeIsReported() throws {
    let cached = try CachedModel()
    let expected = try cached.logits(cached.load(nil))
    // A path below a file; removing permissions would not stop an administrator.
    let cache = PackedCache(folder: cached.weights.path + "/cache")
    for _ in 0..<2 {
      let classifier = try cached.load(cache)
      let report = classifier.model.packedCache
      #expect(report.outcome == .unavailable)
      #expect(
        report.problems == [
          .file(FileError(path: cached.weights.path, reason: .system(call: "mkdir", code: EEXIST)))
        ])
      #expect(try cached.logits(classifier) == expected)
    }
  }

  @Test func noFolderIsReported() throws {
    let cached = try CachedModel()
    let report = try cached.load(PackedCache(folder: "")).model.packedCache
    #expect(report == PackedCacheReport(outcome: .unavailable, problems: [.noFolder]))
  }

  @Test func aFolderInTheFilesPlaceIsReported() throws {
    let cached = try CachedModel()
    let expected = try cached.logits(cached.load())
    let file = try cached.packedFile()
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
    let classifier = try cached.load()
    let report = classifier.model.packedCache
    #expect(report.outcome == .unavailable)
    #expect(report.problems.first == .file(FileError(path: file.path, reason: .notARegularFile)))
    #expect(report.problems.count == 2)
    #expect(try cached.logits(classifier) == expected)
    #expect(!cached.names.contains { $0.hasSuffix(".tmp") })
  }

  /// What anybody could have written is not used, whatever it says.
  @Test(arguments: [0o620, 0o602, 0o666])
  func aFileThatOthersCanWriteIsReplaced(permissions: Int) throws {
    let cached = try CachedModel()
    _ = try cached.load()
    let file = try cached.packedFile()
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file.path)
    #expect(
      try cached.load().model.packedCache
        == PackedCacheReport(outcome: .written, problems: [.notPrivate(path: file.path)]))
    #expect(try cached.load().model.packedCache == PackedCacheReport(outcome: .used))
  }

  /// The record is believed while the file is the same: no other sign tells that it was not hashed again.
  @Test func aKnownFileIsNotHashedAgain() throws {
    let cached = try CachedModel()
    let hash = try cached.load().identity.sha256
    let other = String(hash.reversed())
    try cached.changeRecord { text in
      let head = text.replacing(hash, with: other).split(separator: "\n").prefix(3).joined(separator: "\n")
      let sum = Array((head + "\n").utf8).withUnsafeBytes { Checksum64.sum($0) }
      return "\(head)\n\(String(sum, radix: 16))\n"
    }
    #expect(try cached.load().identity.sha256 == other)
  }

  @Test(
    arguments: [
      { $0.replacing("aiguard", with: "another") }, { String($0.dropLast()) }, { _ in "" }, { $0 + "\n" },
      { $0.replacing("0", with: "1") },
      { text in text.split(separator: "\n").reversed().joined(separator: "\n") },
    ] as [@Sendable (String) -> String])
  func aDamagedRecordIsReplaced(_ change: @Sendable (String) -> String) throws {
    let cached = try CachedModel()
    let hash = try cached.load().identity.sha256
    let path = try cached.changeRecord(change)
    let classifier = try cached.load()
    #expect(try classifier.identity.sha256 == hash)
    #expect(
      classifier.model.packedCache
        == PackedCacheReport(outcome: .used, problems: [.damaged(path: path, part: .hash)]))
    #expect(try cached.load().model.packedCache == PackedCacheReport(outcome: .used))
  }

  /// The next modification might have the same date.
  @Test func aFileModifiedJustNowIsNotRemembered() throws {
    let cached = try CachedModel()
    for date in [Date.now, Date.now + 3600] {
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: cached.weights.path)
      _ = try cached.load()
      #expect(cached.names.allSatisfy { $0.hasSuffix(".packed") })
    }
    #expect(try cached.load().model.packedCache == PackedCacheReport(outcome: .used))
  }

  /// Weights that change between hashing and packing are kept under no hash.
  @Test func weightsThatChangeMeanwhileAreNotKept() throws {
    let cached = try CachedModel()
    let weights = try ModelWeights(contentsOf: cached.weights.path)
    let request = try PackedCacheRequest(cached.cache, weights: weights, version: "test")
    try FileManager.default.setAttributes([.modificationDate: Date.now], ofItemAtPath: cached.weights.path)
    let model = try ViTForImageClassification(
      config: AutoConfig(PretrainedConfig(contentsOfFolder: cached.model.path)),
      weights: WeightLoader(weights), precision: .float32, budget: .shared, through: request)
    #expect(
      model.packedCache
        == PackedCacheReport(
          outcome: .unavailable, problems: [.weightsChanged(path: cached.weights.path)]))
    #expect(try cached.packedFiles().isEmpty)
  }

  /// A cache does not turn the errors of loading into others.
  @Test func errorsOfLoadingStayWhatTheyAre() throws {
    let cached = try CachedModel()
    _ = try cached.load()
    let bytes = try Data(contentsOf: cached.weights)
    try bytes.dropLast().write(to: cached.weights)
    #expect(throws: CheckpointError.self) { try cached.load() }
  }
}
