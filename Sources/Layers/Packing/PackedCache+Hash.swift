import Checkpoint
import Platform
import TensorCore

/// Remembering the SHA-256 of weights files, which takes as long to compute as all else takes together.
///
/// The record is four lines: what it is, the file's identity, the hash, and a checksum of the first three.
extension PackedCache {
  /// The SHA-256 of a model's weights, and what was wrong with the records of its files.
  ///
  /// - Throws: `FileError`, `DigestError`.
  func sha256(of weights: ModelWeights) throws -> (sha256: String, problems: [PackedCacheProblem]) {
    var problems: [PackedCacheProblem] = []
    let hash = try weights.sha256 { file, hash in
      guard let file else { return try hash() }
      return try sha256(of: file, hash, &problems)
    }
    return (hash, problems)
  }

  /// The SHA-256 of a file: that of its record, else what `hash` gives, which is then recorded.
  private func sha256(
    of file: InputFile, _ hash: () throws -> String, _ problems: inout [PackedCacheProblem]
  ) throws -> String {
    let identity = file.identity
    let name = Self.recordName(identity)
    do throws(PackedCacheProblem) {
      if let sha256 = try recorded(name, identity) { return sha256 }
    } catch {
      problems.append(error)
    }
    let sha256 = try hash()
    do throws(PackedCacheProblem) {
      let now: FileIdentity
      do throws(FileError) { now = try file.currentIdentity() } catch { throw .file(error) }
      guard now.hasContent(of: identity) else { throw .weightsChanged(path: file.path) }
      // A record of a file that was modified just now could outlive the next modification.
      if identity.isSettled {
        let record = Self.record(identity, sha256)
        try record.withUnsafeBufferPointer { record throws(PackedCacheProblem) in
          try write([UnsafeRawBufferPointer(record)], to: name)
        }
      }
    } catch {
      if problems.last != error { problems.append(error) }
    }
    return sha256
  }

  /// The hash that a record has for a file; `nil` where there is no record, or one of an earlier state.
  private func recorded(_ name: String, _ identity: FileIdentity) throws(PackedCacheProblem) -> String? {
    guard let file = try open(name) else { return nil }
    let found: [UInt8]
    do throws(FileError) { found = try file.contents(limit: 4096) } catch { throw .file(error) }
    let lines = String(decoding: found, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 5, lines[2].utf8.count == 64, found == Self.record(lines[1], lines[2]) else {
      throw .damaged(path: file.path, part: .hash)
    }
    return lines[1] == Self.line(identity) ? String(lines[2]) : nil
  }

  private static func recordName(_ identity: FileIdentity) -> String {
    "\(String(identity.device, radix: 16))-\(String(identity.inode, radix: 16)).sha256"
  }

  private static func record(_ identity: FileIdentity, _ sha256: String) -> [UInt8] {
    record(line(identity)[...], sha256[...])
  }

  private static func record(_ identity: Substring, _ sha256: Substring) -> [UInt8] {
    let text = Array("aiguard-sha256 1\n\(identity)\n\(sha256)\n".utf8)
    return text + Array("\(String(text.withUnsafeBytes(Checksum64.sum), radix: 16))\n".utf8)
  }

  private static func line(_ identity: FileIdentity) -> String {
    "\(identity.device) \(identity.inode) \(identity.byteCount) \(identity.modified.seconds) "
      + "\(identity.modified.nanoseconds) \(identity.changed.seconds) \(identity.changed.nanoseconds)"
  }
}
