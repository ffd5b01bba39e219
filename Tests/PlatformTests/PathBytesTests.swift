import Platform
import TestSupport
import Testing

/// Paths whose bytes are not UTF-8, as text and back.
@Suite struct PathBytesTests {
  private static func spelled(_ bytes: [UInt8]) -> String { String(pathBytes: bytes) }

  @Test func textIsItself() {
    for text in ["", "a/b", "caf\u{E9}.jpg", "caf\u{FFFD}.jpg", "\u{10FFFF}\u{E000}\u{301}", "a\\xe9"] {
      #expect(Self.spelled(Array(text.utf8)).utf8.elementsEqual(text.utf8))
      #expect(text.pathBytes == Array(text.utf8))
      #expect(!text.hasPathBytes)
      #expect(text.showingPathBytes == text)
    }
  }

  /// All pairs of bytes before and after what makes them parts of longer sequences.
  @Test func everySequenceComesBack() {
    var texts = Set<[UInt8]>()
    for head in [[], [0x61], [0xE2], [0xE2, 0x82], [0xF0, 0x9F], [0xED]] as [[UInt8]] {
      for first in UInt8(1)...255 {
        for second in UInt8(1)...255 {
          let bytes = head + [first, second, 0x2F]
          let text = Self.spelled(bytes)
          if text.pathBytes != bytes { Issue.record("\(bytes) became \(text.pathBytes ?? [])") }
          texts.insert(Array(text.utf8))
        }
      }
    }
    // No two have one text.
    #expect(texts.count == 6 * 255 * 255)
  }

  @Test(
    arguments: [
      ([0x63, 0xE9], "c\0e9", "c\\xe9"), ([0xFF], "\0ff", "\\xff"), ([0xC3, 0x28], "\0c3(", "\\xc3("),
      // A surrogate, an overlong "/" and a cut sequence are no UTF-8.
      ([0xED, 0xA0, 0x80], "\0ed\0a0\080", "\\xed\\xa0\\x80"), ([0xC0, 0xAF], "\0c0\0af", "\\xc0\\xaf"),
      ([0xE2, 0x82], "\0e2\082", "\\xe2\\x82"),
    ] as [([UInt8], String, String)])
  func bytesAreSpelled(bytes: [UInt8], text: String, shown: String) {
    #expect(Self.spelled(bytes).utf8.elementsEqual(text.utf8))
    #expect(text.pathBytes == bytes)
    #expect(text.hasPathBytes)
    #expect(text.showingPathBytes == shown)
    #expect(text.escaped == shown)
  }

  @Test(
    "a NUL that spells no byte is no path",
    arguments: ["\0", "a\0", "\0e", "\0E9", "\041", "\02f", "\0\0e9", "\0+9"])
  func strayNULs(text: String) {
    #expect(text.pathBytes == nil)
    #expect(text.systemPath == nil)
    #expect(!text.hasPathBytes)
    #expect(throws: FileError(path: text, reason: .invalidPath)) { try FileError.systemPath(text) }
  }

  /// "/" is a byte: before a combining character it is no Character of its own.
  @Test func pathsAreTakenApartByBytes() throws {
    #expect(FilePath.folder(of: "a/\u{301}b") == "a/")
    #expect(FilePath.name(of: "a/\u{301}b") == "\u{301}b")
    let directory = try TemporaryDirectory()
    let path = directory.url.path + "/\u{301}a/\u{301}b"
    try OutputFile.makeFolder(path)
    #expect(FilePath.isFolder(path))
    #expect(FilePath.isFolder(directory.url.path + "/\u{301}a"))
  }

  @Test func filesAreThoseOfTheBytes() throws {
    let directory = try TemporaryDirectory()
    let (folder, other) = ("\(directory.url.path)/d\0ff", "\(directory.url.path)/d\u{FFFD}")
    try OutputFile.makeFolder(folder)
    // Some file systems refuse such names.
    try OutputFile.replace(folder + "/a\0e9", with: "bytes")
    #expect(try InputFile(path: folder + "/a\0e9").contents(limit: 100) == Array("bytes".utf8))
    #expect(InputFile.exists(folder + "/a\0e9"))
    #expect(!InputFile.exists(folder + "/a\u{FFFD}"))
    #expect(FilePath.isFolder(folder))
    #expect(!FilePath.isFolder(other))
  }
}
