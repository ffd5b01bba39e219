import Foundation
import TestSupport
import Testing

@testable import Datasets

/// What folders say, and where they could say two things.
@Suite struct LayoutTests {
  private func records(
    _ names: [String], _ layout: DatasetOptions.Layout = .automatic
  ) throws(DatasetError) -> [ImageRecord] {
    try FolderLayout(path: "set", layout: layout).records(names)
  }

  private func kind(_ names: [String], _ layout: DatasetOptions.Layout = .automatic) -> String? {
    do throws(DatasetError) {
      _ = try records(names, layout)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test func labels() throws {
    #expect(
      try records(["FAKE/a.jpg", "FAKE/gan/b.jpg", "REAL/a.jpg"]) == [
        ImageRecord(name: "FAKE/a.jpg", label: "FAKE"),
        ImageRecord(name: "FAKE/gan/b.jpg", label: "FAKE", source: "gan"),
        ImageRecord(name: "REAL/a.jpg", label: "REAL"),
      ])
  }

  @Test(arguments: ["train", "Training", "val", "VALID", "validation", "dev", "test", "testing"])
  func splits(_ split: String) throws {
    #expect(
      try records(["\(split)/FAKE/gan/x/b.jpg", "\(split)/REAL/a.jpg"]) == [
        ImageRecord(name: "\(split)/FAKE/gan/x/b.jpg", label: "FAKE", split: split, source: "gan"),
        ImageRecord(name: "\(split)/REAL/a.jpg", label: "REAL", split: split),
      ])
  }

  @Test func whatCouldMeanTwoThingsIsRefused() {
    #expect(kind(["REAL/a.jpg", "train/FAKE/a.jpg"]) == "ambiguous-layout")
    #expect(kind(["REAL/train/a.jpg", "REAL/val/a.jpg"]) == "ambiguous-layout")
    #expect(kind(["photos/REAL/a.jpg", "photos/FAKE/a.jpg"]) == "ambiguous-layout")
    #expect(kind(["photos/train/REAL/a.jpg"]) == "ambiguous-layout")
    #expect(kind(["a.jpg"]) == "unlabelled-image")
    #expect(kind(["train/a.jpg", "val/b.jpg"]) == "unlabelled-image")
    #expect(kind(["REAL/a.jpg", "b.jpg"]) == "unlabelled-image")
  }

  @Test func theCallerSaysWhatIsMeant() throws {
    #expect(try records(["REAL/a.jpg", "train/FAKE/a.jpg"], .labels).map(\.label) == ["REAL", "train"])
    #expect(try records(["one/REAL/a.jpg"], .splits)[0].split == "one")
    #expect(kind(["REAL/a.jpg"], .splits) == "unlabelled-image")
  }

  @Test func aFolderInside() throws {
    let folder = try TemporaryDirectory()
    try folder.write([1], to: "photos/train/REAL/a.jpg")
    try folder.write([1], to: "other/b.jpg")
    let dataset = try ImageDataset(path: folder.url.path, options: DatasetOptions(root: "photos"))
    #expect(dataset.records == [ImageRecord(name: "train/REAL/a.jpg", label: "REAL", split: "train")])
    #expect(throws: DatasetError.self) {
      try ImageDataset(path: folder.url.path, options: DatasetOptions(root: "../x"))
    }
    try folder.write("no image", to: "notes/c.txt")
    #expect(throws: DatasetError.noImages(path: folder.url.path)) {
      try ImageDataset(path: folder.url.path, options: DatasetOptions(root: "notes"))
    }
  }

  /// Links to files are followed, links to folders are not: they may lead in circles.
  @Test func linksAndLimits() throws {
    let folder = try TemporaryDirectory()
    try folder.write([1], to: "REAL/a.jpg")
    try folder.write([2], to: "FAKE/a.jpg")
    let manager = FileManager.default
    let root = folder.url.path
    try manager.createSymbolicLink(atPath: root + "/REAL/circle", withDestinationPath: root)
    try manager.createSymbolicLink(atPath: root + "/REAL/b.jpg", withDestinationPath: root + "/FAKE/a.jpg")
    try manager.createSymbolicLink(atPath: root + "/REAL/lost.jpg", withDestinationPath: root + "/nowhere")
    let dataset = try ImageDataset(path: root)
    #expect(dataset.records.map(\.name) == ["FAKE/a.jpg", "REAL/a.jpg", "REAL/b.jpg", "REAL/lost.jpg"])
    #expect(try dataset.bytes(of: dataset.records[2]) == [2])
    #expect(throws: DatasetError.self) { try dataset.bytes(of: dataset.records[3]) }
    #expect(throws: DatasetError.self) {
      try ImageDataset(path: root, options: DatasetOptions(limits: DatasetLimits(entries: 3)))
    }
    let small = try ImageDataset(path: root, options: DatasetOptions(limits: DatasetLimits(imageBytes: 0)))
    #expect(throws: DatasetError.self) { try small.bytes(of: small.records[0]) }
  }
}
