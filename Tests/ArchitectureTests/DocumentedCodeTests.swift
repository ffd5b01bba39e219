import Foundation
import Testing

/// The code that guides and articles show is what `Tests/Consumer` compiles, as a user of the library would.
@Suite struct DocumentedCodeTests {
  private static func markdown() -> [String] {
    let articles = names(in: "Sources").filter { $0.contains(".docc/") }
    return (["README.md"] + names(in: "Docs") + articles).filter { $0.hasSuffix(".md") }.sorted()
  }

  private static func names(in folder: String) -> [String] {
    SourceFile.names(in: folder).map { "\(folder)/\($0)" }
  }

  /// Lines of code without indentation.
  private static func code(_ text: some StringProtocol) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("//") && !$0.hasPrefix("import ") }.joined(separator: "\n")
  }

  /// The blocks of Swift in a document, but for pieces of a manifest.
  private static func blocks(_ text: String) -> [Substring] {
    text.split(separator: "```swift\n").dropFirst().compactMap { $0.split(separator: "\n```").first }
      .filter { !$0.hasPrefix("// swift-tools-version") }
  }

  @Test func isCompiled() throws {
    let consumer = try SourceFile.files(in: "Tests/Consumer/Sources").map { Self.code($0.text) }
    var count = 0
    for name in Self.markdown() {
      let url = SourceFile.package.appendingPathComponent(name)
      for block in Self.blocks(try String(contentsOf: url, encoding: .utf8)) {
        // A block may have parts that need other imports, and then stand in other files.
        for part in block.split(separator: "\n}\n\n") {
          let code = Self.code(part)
          let isThere = consumer.contains { $0.contains(code) }
          #expect(isThere, "\(name): \(code.prefix(80))...")
          count += 1
        }
      }
    }
    #expect(count > 10)
  }
}
