import Foundation

/// Where the goldens lie: `Fixtures/` at the top of the checkout that the tests were built from.
package enum Fixtures {
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures", isDirectory: true)

  /// The fixture at `path`, relative to `Fixtures/`.
  package static func url(_ path: String) -> URL { root.appendingPathComponent(path) }

  /// The bytes of the fixture at `path`.
  package static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: url(path)))
  }
}
