import Datasets
import Foundation
import Platform
import TestSupport
import Testing

/// Parts of a data set, its hash, and its labels to a model.
@Suite struct SelectionTests {
  private func dataset(_ folder: TemporaryDirectory) throws -> ImageDataset {
    for name in ["train/REAL/a.jpg", "train/FAKE/a (2).jpg", "valid/REAL/b.jpg", "test/FAKE/gan/c.jpg"] {
      try folder.write(name, to: name)
    }
    return try ImageDataset(path: folder.url.path)
  }

  @Test func partsAreSelected() throws {
    let folder = try TemporaryDirectory()
    let dataset = try dataset(folder)
    #expect(dataset.labels == ["FAKE", "REAL"])
    #expect(dataset.splits == ["test", "train", "valid"])
    #expect(dataset.sources == ["gan"])
    #expect(try dataset.selecting(split: "val").records.map(\.name) == ["valid/REAL/b.jpg"])
    #expect(try dataset.selecting(split: "Train").records.count == 2)
    #expect(
      throws: DatasetError.noSuchSplit(
        path: folder.url.path, split: "other", splits: ["test", "train", "valid"])
    ) { try dataset.selecting(split: "other") }
    #expect(dataset.filtered { $0.label == "REAL" }.records.count == 2)
    #expect(dataset.filtered { $0.label == "NONE" }.records.isEmpty)
    let part = try dataset.selecting(split: "train")
    #expect(throws: DatasetError.self) { try part.bytes(of: dataset.records[0]) }
  }

  @Test func namesAreExcluded() throws {
    let folder = try TemporaryDirectory()
    let dataset = try dataset(folder)
    let text = "\u{FEFF}train/FAKE/a (2).jpg\r\n\ntest/FAKE/gan/c.jpg"
    let list = try folder.write(text, to: "leaked.txt").path
    let rest = try dataset.excluding(namesIn: list)
    #expect(rest.records.map(\.name) == ["train/REAL/a.jpg", "valid/REAL/b.jpg"])
    try folder.write("train/FAKE/a (2).jpg\nnone.jpg\ntest/none.jpg\n", to: "leaked.txt")
    #expect(
      throws: DatasetError.unknownNames(path: list, names: ["none.jpg", "test/none.jpg"], count: 2)
    ) { try dataset.excluding(namesIn: list) }
    #expect(throws: DatasetError.self) { try dataset.excluding(namesIn: list + ".lost") }
  }

  /// The text that is hashed, written out here once more.
  @Test func theHashIsThatOfTheDocumentedText() throws {
    let folder = try TemporaryDirectory()
    try folder.write([1], to: "REAL/tab\tnew\nline\r\\.jpg".replacingOccurrences(of: "\\", with: ""))
    try folder.write([2], to: "FAKE/gan/a.jpg")
    let dataset = try ImageDataset(path: folder.url.path)
    func hash(_ text: String) throws -> String {
      try Array(text.utf8).withUnsafeBytes { try SHA256.hexadecimal(of: $0) }
    }
    let lines = ["FAKE/gan/a.jpg\tFAKE\t\tgan", "REAL/tab\\tnew\\nline\\r.jpg\tREAL\t\t"]
    #expect(try dataset.listHash() == hash("image list 1\n\(lines[0])\n\(lines[1])\n"))
    // SHA-256 of the bytes 2 and 1.
    let sums = [
      "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
      "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
    ]
    #expect(
      try dataset.listHash(withContent: true)
        == hash("image list 1\n\(lines[0])\t\(sums[0])\n\(lines[1])\t\(sums[1])\n"))
  }

  @Test func labelsAreMapped() throws {
    func meaning(_ label: String) -> Bool? {
      switch label.lowercased() {
      case "fake", "ai", "artificial": true
      case "real", "human": false
      default: nil
      }
    }
    func indices(_ labels: [String], _ model: [String]) throws(DatasetError) -> [Int] {
      let mapping = try LabelMapping(of: labels, in: model, meaning: meaning)
      return labels.map { mapping.index(of: $0) ?? -1 }
    }
    #expect(try indices(["REAL", "FAKE"], ["REAL", "FAKE"]) == [0, 1])
    #expect(try indices(["FAKE", "REAL"], ["real", "fake"]) == [1, 0])
    #expect(try indices(["FAKE", "REAL"], ["artificial", "human"]) == [0, 1])
    #expect(try indices(["cat"], ["dog", "cat"]) == [1])
    // Two labels of the model mean the same, and none is spelt like it.
    let twofold = ["ai", "artificial", "human"]
    #expect(throws: DatasetError.unmappedLabels(labels: ["FAKE"], modelLabels: twofold)) {
      try indices(["FAKE", "REAL"], twofold)
    }
    #expect(throws: DatasetError.self) { try indices(["0", "1"], ["REAL", "FAKE"]) }
    let explicit = try LabelMapping(
      of: ["0", "1"], in: ["REAL", "FAKE"], names: ["0": "FAKE", "1": "REAL"])
    #expect(explicit.index(of: "0") == 1)
    #expect(explicit.index(of: "2") == nil)
    #expect(throws: DatasetError.self) { try LabelMapping(of: ["0"], in: ["REAL"], names: ["0": "real"]) }
  }
}
