import ImageDecoding

/// Zip archives with anything in their fields.
struct ZipBuilder {
  struct Entry {
    var name: [UInt8]
    var data: [UInt8]
    var method = 0
    var flags = 0x800
    var crc: UInt32?
    /// What the directory says instead of the truth.
    var declaredSize: Int?
    var declaredStoredSize: Int?
    var declaredHeader: Int?
    /// What the local header says instead of what the directory does.
    var localName: [UInt8]?
    var localMethod: Int?
    var localSize: Int?

    init(_ name: String, _ data: [UInt8] = [1, 2, 3], method: Int = 0, size: Int? = nil) {
      self.name = Array(name.utf8)
      self.data = data
      self.method = method
      declaredSize = size
    }

    func with(_ change: (inout Entry) -> Void) -> Entry {
      var copy = self
      change(&copy)
      return copy
    }
  }

  static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func archive(_ entries: [Entry], count: Int? = nil, tail: [UInt8] = []) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let sum = try entry.data.withUnsafeBytes { try Deflate.crc32($0) }
      let crc = little(Int(entry.crc ?? sum), 4)
      let stored = entry.declaredStoredSize ?? entry.data.count
      let size = entry.declaredSize ?? entry.data.count
      let header = bytes.count
      let localName = entry.localName ?? entry.name
      bytes += [0x50, 0x4B, 3, 4, 20, 0] + little(entry.flags, 2)
      bytes += little(entry.localMethod ?? entry.method, 2) + [0, 0, 0x21, 0] + crc
      bytes += little(stored, 4) + little(entry.localSize ?? size, 4) + little(localName.count, 2) + [0, 0]
      bytes += localName + entry.data
      directory += [0x50, 0x4B, 1, 2, 20, 0, 20, 0] + little(entry.flags, 2) + little(entry.method, 2)
      directory += [0, 0, 0x21, 0] + crc + little(stored, 4) + little(size, 4)
      directory += little(entry.name.count, 2) + [UInt8](repeating: 0, count: 12)
      directory += little(entry.declaredHeader ?? header, 4) + entry.name
    }
    let start = bytes.count
    bytes += directory + tail
    let count = count ?? entries.count
    bytes += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(count, 2) + little(count, 2)
    bytes += little(directory.count, 4) + little(start, 4) + [0, 0]
    return bytes
  }
}
