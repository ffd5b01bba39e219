import Foundation
import TestSupport
import Testing

/// One file asks which system this is, and everything else goes through it.
@Suite struct SystemSwitchTests {
  @Test func onlyOneFileAsks() throws {
    let sources = Fixtures.root.deletingLastPathComponent().appendingPathComponent("Sources")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    var asking: [String] = []
    for case let name as String in files where name.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appendingPathComponent(name), encoding: .utf8)
      if text.contains(/#(if|elseif).*(os\(|canImport\((Glibc|Musl|Darwin)\))/) { asking.append(name) }
    }
    #expect(asking == ["Platform/System.swift"])
  }
}
