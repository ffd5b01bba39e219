import Foundation

/// The numbers of a golden `.safetensors` file, float64 as float64.
///
/// Made for files that our own generators wrote. It shares no code with the reader under test.
package struct GoldenFile: Sendable {
  /// What is wrong with a golden file or with what a test asks of it.
  package enum Failure: Error, CustomStringConvertible {
    case malformed(URL)
    case missing(key: String, URL)
    case notFloatingPoint(key: String, type: String, URL)

    package var description: String {
      switch self {
      case .malformed(let url): "\(url.path) is no golden file"
      case .missing(let key, let url): "\(url.path) has no tensor '\(key)'"
      case .notFloatingPoint(let key, let type, let url): "'\(key)' in \(url.path) is \(type), not F32 or F64"
      }
    }
  }

  private struct Entry: Decodable, Sendable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  private let url: URL
  private let entries: [String: Entry]
  private let data: Data

  /// The golden at `path`, relative to `Fixtures/`.
  package init(_ path: String) throws { try self.init(contentsOf: Fixtures.url(path)) }

  package init(contentsOf url: URL) throws {
    let file = try Data(contentsOf: url)
    guard file.count >= 8 else { throw Failure.malformed(url) }
    let length = file.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
    guard length <= UInt64(file.count - 8) else { throw Failure.malformed(url) }
    let header = file.dropFirst(8).prefix(Int(length))
    var entries: [String: Entry] = [:]
    let decoder = JSONDecoder()
    guard let object = try JSONSerialization.jsonObject(with: header) as? [String: Any] else {
      throw Failure.malformed(url)
    }
    for (key, value) in object where key != "__metadata__" {
      entries[key] = try decoder.decode(Entry.self, from: JSONSerialization.data(withJSONObject: value))
    }
    self.url = url
    self.entries = entries
    self.data = Data(file.dropFirst(8 + Int(length)))
  }

  /// The names of the tensors, sorted.
  package var keys: [String] { entries.keys.sorted() }

  /// The shape of the tensor `key`.
  package func shape(_ key: String) throws -> [Int] { try entry(key).shape }

  /// The elements of the tensor `key`, exactly.
  package func doubles(_ key: String) throws -> [Double] {
    let entry = try entry(key)
    switch entry.dtype {
    case "F64": return try words(key, as: UInt64.self).map { Double(bitPattern: $0) }
    case "F32": return try words(key, as: UInt32.self).map { Double(Float(bitPattern: $0)) }
    default: throw Failure.notFloatingPoint(key: key, type: entry.dtype, url)
    }
  }

  /// The elements of the tensor `key`, rounded to float32 where they are float64.
  package func floats(_ key: String) throws -> [Float] {
    if try entry(key).dtype == "F32" {
      return try words(key, as: UInt32.self).map { Float(bitPattern: $0) }
    }
    return try doubles(key).map { Float($0) }
  }

  private func entry(_ key: String) throws -> Entry {
    guard let entry = entries[key] else { throw Failure.missing(key: key, url) }
    return entry
  }

  private func words<Word: FixedWidthInteger>(_ key: String, as: Word.Type) throws -> [Word] {
    let entry = try entry(key)
    let count = entry.shape.reduce(1, *)
    let size = MemoryLayout<Word>.size
    guard let begin = entry.offsets.first, let end = entry.offsets.last, entry.offsets.count == 2,
      begin >= 0, begin <= end, end <= data.count, end - begin == count * size
    else { throw Failure.malformed(url) }
    return data.withUnsafeBytes { bytes in
      (0..<count).map {
        Word(littleEndian: bytes.loadUnaligned(fromByteOffset: begin + $0 * size, as: Word.self))
      }
    }
  }
}
