import Checkpoint
import Foundation
import Platform
import TensorCore
import TestSupport
import Testing

/// A folder that goes when the object does.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("checkpoint-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}

/// The bytes of the fixture at `path`, which may be empty: Foundation leaks its buffer for an empty file.
func fixture(_ path: String) throws -> [UInt8] {
  try InputFile(path: Fixtures.url(path).path).contents(limit: 1 << 24)
}

/// A safetensors file of `header` and `data`.
func safetensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  let json = Array(header.utf8)
  return (0..<8).map { UInt8(json.count >> ($0 * 8) & 0xFF) } + json + data
}

/// Every way to read a file.
enum Route: CaseIterable, CustomTestStringConvertible {
  case read, mapped, bytes, embedded

  var testDescription: String { "\(self)" }

  /// Reads the file at `path`, whose content is `content`.
  func open(_ path: String, _ content: [UInt8], limits: SafetensorsLimits = .init()) throws -> SafetensorsFile
  {
    switch self {
    case .read: return try SafetensorsFile(contentsOf: path, access: .read, limits: limits)
    case .mapped: return try SafetensorsFile(contentsOf: path, access: .mapped, limits: limits)
    case .bytes: return try SafetensorsFile(bytes: content, limits: limits)
    case .embedded:
      return try SafetensorsFile(unsafeStaticBytes: Immortal.copy(of: content), limits: limits)
    }
  }
}

/// Memory that is never freed on purpose: what `unsafeStaticBytes` asks for.
enum Immortal {
  nonisolated(unsafe) private static var kept: [UnsafeMutableRawBufferPointer] = []
  private static let lock = NSLock()

  static func copy(of content: [UInt8]) -> UnsafeRawBufferPointer {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 64)
    copy.copyBytes(from: content)
    // Reachable, so that a leak checker does not take it for lost.
    lock.withLock { kept.append(copy) }
    return UnsafeRawBufferPointer(copy)
  }
}

/// A small generator with a fixed sequence for every seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
