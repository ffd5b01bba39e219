import Foundation

/// The CIFAKE test images, where the machine has them: they are not part of the repository.
package enum CIFAKE {
  /// The archive that `AIGUARD_CIFAKE_ZIP` names, else `../shared/data/cifake.zip` beside the checkout, else nil.
  package static var archive: URL? {
    let named = ProcessInfo.processInfo.environment["AIGUARD_CIFAKE_ZIP"].map { URL(fileURLWithPath: $0) }
    let beside = Fixtures.root.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/data/cifake.zip")
    return [named, beside].compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// The names of the images of `Fixtures/cifake-default`, in its order: the first 1,000 of `test/REAL/` by the bytes of
  /// their names, then the same of `test/FAKE/`.
  package static func testNames(in archive: StoredZip) -> [String] {
    ["REAL", "FAKE"].flatMap { label in
      archive.names.lazy.filter { $0.hasPrefix("test/\(label)/") && !$0.hasSuffix("/") }.prefix(1000)
    }
  }

  /// What the reference says of these images (`Fixtures/cifake-default/manifest.json`).
  package struct Golden: Decodable, Sendable {
    package let modelSHA256: String
    package let namesSHA256: String
    package let accuracy: Double
    /// The smallest distance between the two logits of an image.
    package let smallestMargin: Double
    /// The index of the predicted label, one character an image.
    package let labels: String

    enum CodingKeys: String, CodingKey {
      case modelSHA256, namesSHA256, accuracy, labels
      case smallestMargin = "smallest_margin"
    }
  }

  /// Reads `Fixtures/cifake-default/manifest.json`.
  package static func golden() throws -> Golden {
    let manifest = Fixtures.url("cifake-default/manifest.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: manifest))
  }
}
