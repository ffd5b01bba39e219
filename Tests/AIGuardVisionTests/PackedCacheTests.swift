import AIGuardVision
import Foundation
import Platform
import TestSupport
import Testing

/// Packed weights that are kept between starts.
@Suite struct PackedCacheTests {
  @Test func withoutBeingAskedForNothingIsKept() throws {
    let cached = try CachedModel()
    #expect(try cached.load(nil).model.packedCache == .off)
    #expect(cached.names.isEmpty)
  }

  @Test(
    arguments: Precision.allCases,
    [("vit-tiny/plain", 12), ("swin/swin", 24), ("swin/swinv2", 24), ("beit/beit", 12)])
  func theSecondStartPacksNothingAndGivesTheSameBits(_ precision: Precision, _ model: (String, Int)) throws {
    let cached = try CachedModel(model.0, side: model.1)
    let expected = try cached.logits(cached.load(nil, precision))
    let first = try cached.load(precision)
    #expect(first.model.packedCache == PackedCacheReport(outcome: .written))
    let second = try cached.load(precision)
    #expect(second.model.packedCache == PackedCacheReport(outcome: .used))
    #expect(try cached.logits(first) == expected)
    #expect(try cached.logits(second) == expected)
    #expect(second.identity == first.identity)
    #expect(second.model.packedCache.description.hasPrefix("used"))
  }

  @Test func eachPrecisionHasAFile() throws {
    let cached = try CachedModel()
    for precision in Precision.allCases { _ = try cached.load(precision) }
    #expect(try cached.packedFiles().count == Precision.allCases.count)
    for precision in Precision.allCases {
      #expect(try cached.load(precision).model.packedCache.outcome == .used)
    }
  }

  @Test func onlyTheUserMayReadTheFiles() throws {
    let cached = try CachedModel()
    _ = try cached.load()
    func permissions(_ url: URL) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }
    #expect(try permissions(cached.folder) == 0o700)
    // The packed weights and the record of the hash; nothing temporary is left.
    #expect(cached.names.count == 2)
    for name in cached.names {
      #expect(try permissions(cached.folder.appendingPathComponent(name)) == 0o600, "\(name)")
    }
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (inout [UInt8]) -> Void

    init(_ name: String, _ apply: @escaping @Sendable (inout [UInt8]) -> Void) {
      testDescription = name
      self.apply = apply
    }

    static func flip(_ name: String, _ place: @escaping @Sendable (Int) -> Int) -> Damage {
      Damage(name) { $0[place($0.count)] ^= 0x10 }
    }
  }

  static let damages = [
    Damage("emptied") { $0 = [] }, Damage("cut to one byte") { $0 = [$0[0]] },
    Damage("cut in the header") { $0 = Array($0[..<100]) },
    Damage("cut by one") { $0.removeLast() }, Damage("cut in half") { $0 = Array($0[..<($0.count / 2)]) },
    Damage("longer by one") { $0.append(0) },
    Damage.flip("magic") { _ in 0 }, .flip("header's length") { _ in 8 }, .flip("arena's length") { _ in 16 },
    .flip("arena's checksum") { _ in 24 }, .flip("header's checksum") { _ in 39 }, .flip("text") { _ in 50 },
    .flip("end of the header") { _ in 4095 }, .flip("first weight") { _ in 4096 },
    .flip("a weight in the middle") { 4096 + ($0 - 4096) / 2 }, .flip("last byte") { $0 - 1 },
    Damage("zeros") { $0 = [UInt8](repeating: 0, count: $0.count) },
  ]

  @Test(arguments: damages)
  func aDamagedFileIsReplaced(_ damage: Damage) throws {
    let cached = try CachedModel()
    let expected = try cached.logits(cached.load())
    let intact = try cached.changePacked(damage.apply)
    let reloaded = try cached.load()
    let report = reloaded.model.packedCache
    #expect(report.outcome == .written)
    #expect(report.problems.count == 1)
    if case .damaged = report.problems.first {} else { Issue.record("\(report)") }
    #expect(try cached.logits(reloaded) == expected)
    #expect(try [UInt8](Data(contentsOf: cached.packedFile())) == intact)
    #expect(try cached.load().model.packedCache == PackedCacheReport(outcome: .used))
  }

  /// An intact file of something else, under the name that is looked for.
  @Test(arguments: [
    ("model ", "model 0"), ("kernels ", "kernels z"), ("precision float32", "precision float23"),
    ("version 0", "version 9"), ("packing float32 ", "packing float32 z"),
    ("packing int8 ", "packing int8 z"), ("matrix 0", "matrix 1"),
  ])
  func anIntactFileOfSomethingElseIsReplaced(original: String, other: String) throws {
    let cached = try CachedModel()
    let expected = try cached.logits(cached.load())
    try cached.changePacked { bytes in
      let text = String(decoding: bytes[40..<4096], as: UTF8.self)
      guard let range = text.range(of: original) else { return }
      let place = 40 + text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      bytes.replaceSubrange(place..<place + other.utf8.count, with: Array(other.utf8))
      CachedModel.seal(&bytes)
    }
    let reloaded = try cached.load()
    #expect(
      reloaded.model.packedCache
        == PackedCacheReport(
          outcome: .written, problems: [.mismatched(path: try cached.packedFile().path)]))
    #expect(try cached.logits(reloaded) == expected)
  }

  @Test func filesOfAnotherVersionAreLeftAlone() throws {
    let cached = try CachedModel()
    _ = try cached.load()
    let old = try cached.packedFile()
    let older = old.path.replacing("-\(AIGuardVisionVersion.current).packed", with: "-0.0.1.packed")
    #expect(older != old.path)
    try FileManager.default.moveItem(atPath: old.path, toPath: older)
    #expect(try cached.load().model.packedCache == PackedCacheReport(outcome: .written))
    #expect(FileManager.default.fileExists(atPath: older))
  }

  /// Whether the new weights come under the old name or into the old file, even with the old date.
  @Test(arguments: [true, false])
  func otherWeightsAtTheSamePathAreSeen(inPlace: Bool) throws {
    let cached = try CachedModel()
    let old = try cached.load()
    _ = try cached.load()
    var bytes = [UInt8](try Data(contentsOf: cached.weights))
    let date = try #require(
      FileManager.default.attributesOfItem(atPath: cached.weights.path)[.modificationDate] as? Date)
    // The sign of the last weight of the final layer norm.
    bytes[bytes.count - 1] ^= 0x80
    if inPlace {
      let handle = try FileHandle(forWritingTo: cached.weights)
      try handle.write(contentsOf: Data(bytes))
      try handle.close()
    } else {
      try Data(bytes).write(to: cached.weights, options: .atomic)
    }
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: cached.weights.path)
    let new = try cached.load()
    #expect(new.model.packedCache == PackedCacheReport(outcome: .written))
    #expect(try new.identity.sha256 == (bytes.withUnsafeBytes { try SHA256.hexadecimal(of: $0) }))
    #expect(new.identity != old.identity)
    #expect(try cached.logits(new) == cached.logits(cached.load(nil)))
    #expect(try cached.logits(new) != cached.logits(old))
  }

  @Test func manyLoadersAtOnceGetTheSame() async throws {
    let cached = try CachedModel()
    let expected = try cached.logits(cached.load(nil))
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<8 { group.addTask { try cached.logits(cached.load()) } }
      for try await logits in group { #expect(logits == expected) }
    }
    #expect(cached.names.count == 2, "\(cached.names)")
    #expect(try cached.load().model.packedCache == PackedCacheReport(outcome: .used))
  }

  /// Mapped weights outlive the file's name.
  @Test func aModelInUseDoesNotMindAnEmptiedFolder() throws {
    let cached = try CachedModel()
    _ = try cached.load()
    let classifier = try cached.load()
    #expect(classifier.model.packedCache.outcome == .used)
    let expected = try cached.logits(classifier)
    try FileManager.default.removeItem(at: cached.folder)
    #expect(try cached.logits(classifier) == expected)
  }
}
