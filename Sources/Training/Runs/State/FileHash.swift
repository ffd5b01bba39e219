import Checkpoint
import Platform

/// Hashes by which a run knows what it was begun with.
enum FileHash {
  /// The SHA-256 of a file's bytes, read piece by piece.
  ///
  /// - Throws: `FileError`, `DigestError`.
  static func sha256(of path: String) throws -> String {
    let file = try InputFile(path: path)
    var hash = try MessageDigest(.sha256)
    let pieceCount = 1 << 20
    for start in stride(from: 0, to: file.byteCount, by: pieceCount) {
      let piece = try file.bytes(at: start..<min(start + pieceCount, file.byteCount))
      try piece.withUnsafeBytes { try hash.update($0) }
    }
    return try hash.finish()
  }

  /// The SHA-256 of a text's UTF-8.
  static func sha256(ofText text: String) throws -> String {
    try Array(text.utf8).withUnsafeBytes { try SHA256.hexadecimal(of: $0) }
  }
}
