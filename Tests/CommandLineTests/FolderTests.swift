import Foundation
import TestSupport
import Testing

/// What a folder stands for: one bad entry is one failure.
@Suite(.enabled(if: Tool.isBuilt), .timeLimit(.minutes(10))) struct FolderTests {
  private let image: [UInt8]
  private let directory: TemporaryDirectory
  private var folder: URL { directory.url }

  init() throws {
    image = try Fixtures.bytes("images/jpeg_7x5.jpg")
    directory = try TemporaryDirectory()
    try directory.write(image, to: "b.jpg")
  }

  /// What is an image its content says, and else its name; what is neither is passed over.
  @Test func filesThatAreNoImagesAreCounted() throws {
    let header =
      Array("BM".utf8) + [UInt8](repeating: 0, count: 12) + [40, 0, 0, 0] + [UInt8](repeating: 0, count: 36)
    let others: [(String, [UInt8])] = [
      ("README", Array("Look at the pictures.".utf8)), ("BM.txt", Array("BM is how bitmaps begin.".utf8)),
      ("P1", Array("P1 is how these begin.".utf8)), ("empty.txt", []), ("one", [0xFF]),
      ("paper", Array("%PDF-1.7".utf8)), ("page.html", Array("<html><svg></svg></html>".utf8)),
    ]
    let images: [(String, [UInt8], String?)] = [
      ("c.jpg_large", image, nil), ("d", image, nil), ("e.pjpeg", image, nil), ("f.txt", image, nil),
      ("g.jpg", Array("<html>".utf8), "not-an-image"), ("h.PNG", [], "not-an-image"),
      ("i", Array("8BPS".utf8), "unsupported-format"), ("j", header, "corrupt"),
      ("k", [UInt8](repeating: 0, count: 3000) + Array("TRUEVISION-XFILE.\0".utf8), "unsupported-format"),
    ]
    for (name, bytes) in others { try directory.write(bytes, to: name) }
    for (name, bytes, _) in images { try directory.write(bytes, to: name) }
    let outcome = try Tool.run("classify", "--json", folder.path)
    #expect(outcome.status == 1)
    #expect(try outcome.files(in: folder) == ["b.jpg"] + images.map(\.0))
    #expect(try outcome.kinds == [nil] + images.map(\.2))
    #expect(outcome.errors == "aiguard: \(folder.path): passed over 7 files that are no images\n")
    // One that is named is tried.
    #expect(try Tool.run("classify", "--json", folder.path + "/README").kinds == ["not-an-image"])
  }

  @Test func filesBesideImagesAreNoFailure() throws {
    try directory.write(Array("notes".utf8), to: "notes")
    try directory.write(Array("notes".utf8), to: "inner/notes")
    let flat = try Tool.run("classify", folder.path)
    #expect(flat.status == 0)
    #expect(flat.errors == "aiguard: \(folder.path): passed over 1 file that is no image\n")
    let deep = try Tool.run("classify", "--recursive", folder.path)
    #expect(deep.status == 0)
    #expect(deep.errors == "aiguard: \(folder.path): passed over 2 files that are no images\n")
  }

  @Test(.enabled(if: geteuid() != 0, "for the superuser every folder is readable"))
  func foldersThatMayNotBeReadFailAlone() throws {
    for (name, mode) in [("a-closed", 0o000), ("c-without-search", 0o400)] {
      try directory.write(image, to: "\(name)/inner.jpg")
      #expect(chmod(folder.appendingPathComponent(name).path, mode_t(mode)) == 0)
    }
    defer { for name in ["a-closed", "c-without-search"] { chmod(folder.path + "/" + name, 0o700) } }
    let outcome = try Tool.run("classify", "--json", "--recursive", folder.path)
    #expect(try outcome.files(in: folder) == ["a-closed", "b.jpg", "c-without-search/inner.jpg"])
    #expect(try outcome.kinds == ["unreadable-file", nil, "unreadable-file"])
    #expect(outcome.output.contains("cannot list it: Permission denied"))
    #expect(try Tool.run("classify", folder.path + "/a-closed").status == 1)
  }

  @Test func folderTooDeepForTheSystemFailsAlone() throws {
    // Longer than any path may be, so made and removed step by step.
    let name = String(repeating: "d", count: 250)
    var parents = [open(folder.path, O_RDONLY | O_DIRECTORY)]
    for _ in 0..<17 {
      let parent = try #require(parents.last)
      try #require(mkdirat(parent, name, 0o755) == 0)
      parents.append(openat(parent, name, O_RDONLY | O_DIRECTORY))
    }
    defer {
      for parent in parents.reversed() {
        unlinkat(parent, name, AT_REMOVEDIR)
        close(parent)
      }
    }
    try directory.write(image, to: "e.jpg")
    let outcome = try Tool.run("classify", "--json", "--recursive", folder.path)
    #expect(outcome.status == 1)
    #expect(try outcome.kinds == [nil, "unreadable-file", nil])
    #expect(outcome.output.contains("cannot list it: File name too long"))
  }

  @Test func onlyRegularFilesAreTaken() throws {
    try directory.write(image, to: "inner/c.jpg")
    #expect(mkfifo(folder.path + "/pipe.jpg", 0o644) == 0)
    for (name, target) in [
      ("a-link.jpg", "b.jpg"), ("circle", "."), ("circle.jpg", "."), ("dangling.jpg", "nowhere"),
      ("dangling.txt", "nowhere"), ("link-to-pipe.jpg", "pipe.jpg"), (".hidden.jpg", "b.jpg"),
    ] {
      #expect(symlink(target, folder.path + "/" + name) == 0)
    }
    let outcome = try Tool.run("classify", "--json", "--recursive", folder.path)
    #expect(try outcome.files(in: folder) == ["a-link.jpg", "b.jpg", "dangling.jpg", "inner/c.jpg"])
    #expect(try outcome.kinds == [nil, nil, "unreadable-file", nil])
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("No such file or directory"))
  }

  @Test func aTrailingSlashChangesNothing() throws {
    let outcome = try Tool.run("classify", "--json", folder.path + "/")
    #expect(try outcome.files(in: folder) == ["b.jpg"])
  }
}
