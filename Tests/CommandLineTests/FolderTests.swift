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

  @Test func nameThatIsNotUTF8FailsAlone() throws {
    let names: [[UInt8]] = [
      Array("a\u{1B}".utf8) + [0xE9] + Array(".jpg".utf8), [0xFF] + Array(".txt".utf8),
    ]
    for name in names {
      let path = (Array(folder.path.utf8) + [UInt8(ascii: "/")] + name + [0]).map(CChar.init(bitPattern:))
      let descriptor = open(path, O_CREAT | O_WRONLY, 0o644)
      // Some file systems refuse such names, and so never show them.
      guard descriptor >= 0 else { return }
      close(descriptor)
    }
    let outcome = try Tool.run("classify", "--json", folder.path)
    #expect(outcome.status == 1)
    #expect(try outcome.files(in: folder) == ["a\u{1B}\\xe9.jpg", "b.jpg"])
    #expect(try outcome.kinds == ["unreadable-file", nil])
    let table = try Tool.run("classify", folder.path)
    #expect(table.output.contains("b.jpg"))
    #expect(table.errors.contains("a\\u{1B}\\xe9.jpg: its name is not valid UTF-8"))
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
    #expect(outcome.output.contains("No such file or directory"))
  }

  @Test func aTrailingSlashChangesNothing() throws {
    let outcome = try Tool.run("classify", "--json", folder.path + "/")
    #expect(try outcome.files(in: folder) == ["b.jpg"])
  }
}
