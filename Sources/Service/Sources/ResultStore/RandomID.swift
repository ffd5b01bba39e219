import Foundation

extension UUID {
  /// As `UUID()`, which on Linux opens and closes a file for each.
  package static func random() -> UUID {
    var generator = SystemRandomNumberGenerator()
    let words = [generator.next(), generator.next()]
    return words.withUnsafeBytes { bytes in
      var id = bytes.loadUnaligned(as: uuid_t.self)
      // Version 4, and the variant of RFC 9562.
      id.6 = id.6 & 0x0f | 0x40
      id.8 = id.8 & 0x3f | 0x80
      return UUID(uuid: id)
    }
  }
}
