import Datasets
import TestSupport
import Testing

/// Parts of whole sources.
@Suite struct FoldTests {
  /// How many images of each label sources have.
  private func dataset(_ counts: [String: (real: Int, fake: Int)]) throws -> (
    TemporaryDirectory, ImageDataset
  ) {
    let folder = try TemporaryDirectory()
    for (source, count) in counts {
      for (label, images) in [("REAL", count.real), ("FAKE", count.fake)] {
        for index in 0..<images { try folder.write("image", to: "\(label)/\(source)/\(index).jpg") }
      }
    }
    return (folder, try ImageDataset(path: folder.url.path))
  }

  @Test func everyImageIsInOnePartAndSourcesAreWhole() throws {
    let (folder, dataset) = try dataset([
      "a": (9, 0), "b": (0, 8), "c": (5, 1), "d": (2, 2), "e": (0, 4), "f": (1, 0), "g": (0, 1),
    ])
    for count in 2...7 {
      let parts = try dataset.foldsBySource(count)
      #expect(parts.count == count)
      #expect(parts.flatMap { $0.records.map(\.name) }.sorted() == dataset.records.map(\.name).sorted())
      #expect(parts.flatMap(\.sources).sorted() == ["a", "b", "c", "d", "e", "f", "g"])
      for part in parts {
        #expect(!part.records.isEmpty)
        let rest = dataset.without(part)
        #expect(rest.records.count == dataset.records.count - part.records.count)
        #expect(Set(rest.sources).isDisjoint(with: part.sources))
      }
    }
    withExtendedLifetime(folder) {}
  }

  /// Dealt out by hand.
  @Test func partsAreOfLikeSize() throws {
    let (folder, dataset) = try dataset(["a": (9, 0), "b": (0, 8), "c": (5, 1), "d": (3, 0), "e": (0, 4)])
    let parts = try dataset.foldsBySource(2)
    // a: both are empty, so the first. b: the second has fewer images in all. c: the second has no real ones. e: the first
    // has no generated ones. d: the second has 5 real ones, the first 9.
    #expect(parts.map(\.sources) == [["a", "e"], ["b", "c", "d"]])
    withExtendedLifetime(folder) {}
  }

  @Test func whatCannotBeDealtOutIsRefused() throws {
    let (folder, dataset) = try dataset(["a": (2, 1), "b": (1, 2)])
    let path = folder.url.path
    for count in [-1, 0, 1, 3] {
      #expect(throws: DatasetError.tooFewSources(path: path, sources: 2, parts: count)) {
        try dataset.foldsBySource(count)
      }
    }
    try folder.write("image", to: "REAL/lost.jpg")
    #expect(throws: DatasetError.noSource(path: path, name: "REAL/lost.jpg")) {
      try ImageDataset(path: path).foldsBySource(2)
    }
  }
}
