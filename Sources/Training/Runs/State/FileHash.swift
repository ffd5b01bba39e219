import Checkpoint
import Platform

/// The hash of a file that a run is begun with.
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
}
