import Datasets
import Foundation
import JSONText
import Platform
import TestSupport
import Testing

#if PNG
  /// Archives by Python's `zipfile` against what it reads in them: `Fixtures/datasets/make.py`.
  @Suite struct ArchiveTests {
    static let archives = [
      "stored", "deflated", "zip64", "comment", "utf8", "cp437", "stream-stored", "stream-deflated",
    ]

    @Test(arguments: archives)
    func readsWhatPythonReads(_ name: String) throws {
      let golden = try JSONValue(parsing: try Fixtures.bytes("datasets/archives.json"))
      let expected = try #require(golden.objectValue?[name + ".zip"]?.objectValue)
      let dataset = try ImageDataset(path: Fixtures.url("datasets/\(name).zip").path)
      #expect(dataset.records.count == expected.members.count)
      #expect(dataset.otherFileCount == 0)
      let names = expected.members.map(\.key).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      #expect(dataset.records.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
      let hashes = Dictionary(
        expected.members.map { (Array($0.key.utf8), $0.value) }, uniquingKeysWith: { first, _ in first })
      for record in dataset.records {
        let hash = try dataset.contentHash(of: record)
        #expect(hashes[Array(record.name.utf8)] == .string(hash), "\(record.name)")
      }
    }

    @Test func foldersSayWhatAnImageIs() throws {
      let dataset = try ImageDataset(path: Fixtures.url("datasets/deflated.zip").path)
      #expect(
        dataset.records == [
          ImageRecord(name: "train/FAKE/diffusion/a.jpg", label: "FAKE", split: "train", source: "diffusion"),
          ImageRecord(name: "train/REAL/camera/a.jpg", label: "REAL", split: "train", source: "camera"),
          ImageRecord(name: "train/REAL/camera/b (2).jpg", label: "REAL", split: "train", source: "camera"),
          ImageRecord(name: "val/FAKE/gan/deeper/d.png", label: "FAKE", split: "val", source: "gan"),
          ImageRecord(name: "val/REAL/camera/c.JPG", label: "REAL", split: "val", source: "camera"),
        ])
    }

    /// The same files unpacked are the same data set.
    @Test func aFolderIsWhatItsArchiveIs() throws {
      let archive = try ImageDataset(path: Fixtures.url("datasets/stored.zip").path)
      let folder = try TemporaryDirectory()
      for record in archive.records { try folder.write(archive.bytes(of: record), to: record.name) }
      try folder.write("not looked at", to: "train/REAL/.hidden.jpg")
      try folder.write("passed over", to: "train/REAL/notes.txt")
      let unpacked = try ImageDataset(path: folder.url.path)
      #expect(unpacked.records == archive.records)
      #expect(unpacked.otherFileCount == 1)
      #expect(try unpacked.listHash(withContent: true) == archive.listHash(withContent: true))
      #expect(try unpacked.listHash() == archive.listHash())
      #expect(try unpacked.listHash() != archive.listHash(withContent: true))
    }
  }
#endif
