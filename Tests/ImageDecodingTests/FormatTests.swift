import Foundation
import TestSupport
import Testing

@testable import ImageDecoding

@Suite("A format is a row of one table")
struct FormatTests {
  @Test("every format has one row, and no ending two formats")
  func rows() {
    let formats = ImageFormat.table.map(\.format)
    #expect(formats.count == Set(formats).count)
    #expect(Set(formats) == Set(ImageFormat.allCases))
    let endings = ImageFormat.allCases.flatMap(\.fileNameEndings)
    #expect(endings.count == Set(endings).count)
    #expect(endings.allSatisfy { $0 == $0.lowercased() && !$0.isEmpty })
    for format in ImageFormat.allCases where format.isSupported { #expect(!format.fileNameEndings.isEmpty) }
  }

  @Test("each decoder has a trait of the package, a line in the documentation and a fuzz target")
  func places() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: Fixtures.root.deletingLastPathComponent().appending(path: path), encoding: .utf8)
    }
    let (manifest, page, fuzz) = try (
      text("Package.swift"), text("Docs/Images.md"), text("Tests/Fuzz/run.sh").replacing("\"", with: " ")
    )
    for row in ImageFormat.table {
      guard let trait = row.trait else { continue }
      #expect(manifest.contains(".trait(name: \"\(trait)\", "), "\(trait)")
      #expect(page.contains("| `\(trait)` |"), "\(trait)")
      #expect(fuzz.contains(" \(row.format.rawValue.lowercased()) "), "\(row.format)")
    }
  }

  @Test("boxes of brands are no icon, however many brands there are")
  func manyBrands() {
    // Pillow reads such files; the length of 256 bytes begins like an icon.
    for (brand, format) in [("avif", ImageFormat.avif), ("heic", .heif)] {
      let box = [0, 0, 1, 0] + Array("ftyp\(brand)".utf8) + [0, 0, 0, 0]
      let bytes = box + [[UInt8]](repeating: Array("miaf".utf8), count: 60).flatMap(\.self)
      #expect(bytes.count == 256)
      #expect(bytes.withUnsafeBytes { ImageFormat(signatureOf: $0) } == format)
    }
    #expect(([0, 0, 1, 0, 1, 0, 32, 32] as [UInt8]).withUnsafeBytes { ImageFormat(signatureOf: $0) } == .ico)
  }
}
