import Foundation
import JSONText
import TestSupport
import Testing

@testable import Datasets

/// Lists against what Python's `csv` reads in them: `Fixtures/datasets/make.py`.
@Suite struct ListTests {
  /// Every file is there.
  private struct AnyFile: DatasetContent {
    func names() -> [String] { [] }
    func contains(_ name: String) -> Bool { true }
    func bytes(of name: String, limit: Int, limitName: String) -> [UInt8] { [] }
  }

  private func records(_ text: [UInt8]) throws(DatasetError) -> [ImageRecord] {
    try ListFile.records(text, path: "list.csv", folder: "", content: AnyFile(), limits: .default)
  }

  private func failure(_ text: String) -> DatasetError? {
    do throws(DatasetError) {
      _ = try records(Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test func readsWhatPythonReads() throws {
    let golden = try #require(
      JSONValue(parsing: try Fixtures.bytes("datasets/lists.json")).objectValue)
    #expect(golden.members.count == 11)
    for list in golden.members {
      let name = list.key
      let text = try Fixtures.bytes("datasets/lists/\(name).csv")
      let expected = try #require(list.value.arrayValue).map { record in
        let record = try #require(record.objectValue)
        return ImageRecord(
          name: record["path"]?.stringValue ?? "", label: record["label"]?.stringValue ?? "",
          split: record["split"]?.stringValue, source: record["source"]?.stringValue)
      }
      let found = try records(text)
      #expect(found == expected.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }, "\(name)")
    }
  }

  /// Every problem names its line.
  @Test(arguments: [
    ("", 1), ("path,split\na.jpg,train\n", 1), ("label,Path\n", 1), ("path,label,path\n", 1),
    ("path,label\na.jpg\n", 2), ("path,label\na.jpg,REAL,x\n", 2), ("path,label\n\na.jpg,\n", 3),
    ("path,label\na.jpg,REAL\na.jpg,FAKE\n", 3), ("path,label\n../a.jpg,REAL\n", 2),
    ("path,label\n/a.jpg,REAL\n", 2), ("path,label\n,REAL\n", 2), ("path,label\na\\b.jpg,REAL\n", 2),
    ("path,label\na.jpg,\"REAL\n", 2), ("path,label\na.jpg,\"RE\"AL\n", 2), ("path,label\na.jpg,RE\"AL\n", 2),
    ("path,label\na.jpg,RE\rAL\n", 2), ("path,label\na.jpg,REAL\r", 2),
    ("path,label\n\"a\n\nb.jpg\",\"R\"x\n", 4),
  ])
  func whatIsWrongHasItsLine(_ text: String, _ line: Int) {
    guard case .invalidList("list.csv", let found, _)? = failure(text) else {
      Issue.record("\(text.debugDescription): \(String(describing: failure(text)))")
      return
    }
    #expect(found == line, "\(text.debugDescription)")
  }

  @Test func bytesThatAreNoUTF8() {
    #expect(throws: DatasetError.self) { try records(Array("path,label\na.jpg,".utf8) + [0xFF]) }
  }

  @Test func pathsAreRelativeToTheList() throws {
    let folder = try TemporaryDirectory()
    try folder.write([1, 2], to: "images/a.jpg")
    try folder.write([3], to: "images/b.jpg")
    let text = "path,label,split\nimages/b.jpg,FAKE,\nimages/a.jpg,REAL,test\n"
    let list = try folder.write(text, to: "list.csv")
    let dataset = try ImageDataset(path: list.path)
    #expect(
      dataset.records == [
        ImageRecord(name: "images/a.jpg", label: "REAL", split: "test"),
        ImageRecord(name: "images/b.jpg", label: "FAKE"),
      ])
    #expect(try dataset.bytes(of: dataset.records[0]) == [1, 2])
    let inside = try ImageDataset(path: folder.url.path, options: DatasetOptions(list: "list.csv"))
    #expect(inside.records == dataset.records)
    #expect(inside.otherFileCount == 1)
    try folder.write("path,label\nimages/c.jpg,REAL\n", to: "lost.csv")
    #expect(throws: DatasetError.self) { try ImageDataset(path: folder.url.path + "/lost.csv") }
  }

  #if PNG
    @Test func aListInsideAnArchive() throws {
      let folder = try TemporaryDirectory()
      let bytes = try ZipBuilder.archive([
        .init("set/images/a.jpg"), .init("set/list.csv", Array("path,label\nimages/a.jpg,REAL\n".utf8)),
      ])
      let path = try folder.write(bytes, to: "a.zip").path
      let dataset = try ImageDataset(path: path, options: DatasetOptions(root: "set", list: "list.csv"))
      #expect(dataset.records == [ImageRecord(name: "images/a.jpg", label: "REAL")])
      #expect(try dataset.bytes(of: dataset.records[0]) == [1, 2, 3])
    }
  #endif
}
