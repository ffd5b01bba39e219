@testable import ImageEvidence

/// Finds the store in the samples, as a walker of containers would.
enum StoreFinder {
  /// The stores in a file.
  static func stores(in bytes: [UInt8]) -> [EmbeddedStore] {
    switch bytes.prefix(4) {
    case [0xFF, 0xD8, 0xFF, 0xE0]: jpeg(bytes)
    case [0x89, 0x50, 0x4E, 0x47]: png(bytes)
    case Array("RIFF".utf8)[...]: riff(bytes)
    case Array("GIF8".utf8)[...]: gif(bytes)
    case Array("II*\0".utf8)[...]: tiff(bytes)
    default:
      bytes[4..<8].elementsEqual("ftyp".utf8) ? bmff(bytes) : [EmbeddedStore(bytes: bytes, extent: nil)]
    }
  }

  private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
    bytes[at..<at + count].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func little(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
    bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private static func jpeg(_ bytes: [UInt8]) -> [EmbeddedStore] {
    var store: EmbeddedStore?
    var position = 2
    var sequence = 1
    while bytes[position + 1] != 0xDA {
      let length = number(bytes, position + 2, 2) + 2
      if bytes[position + 1] == 0xEB {
        let content = bytes[position + 4..<position + length]
        if number(bytes, position + 6 + 2, 4) != sequence {
          store = store ?? EmbeddedStore(bytes: [], extent: position..<position)
          store?.problems = ["the segments of the store are not numbered one after the other"]
        }
        sequence += 1
        store =
          store ?? EmbeddedStore(bytes: Array(content.dropFirst(8).prefix(8)), extent: position..<position)
        store?.bytes += content.dropFirst(16)
        let start = store?.extent?.lowerBound ?? position
        store?.extent = start..<position + length
      }
      position += length
    }
    if let found = store, found.problems.isEmpty, number(found.bytes, 0, 4) != found.bytes.count {
      store?.problems = ["the store is not as long as it says"]
    }
    return store.map { [$0] } ?? []
  }

  private static func png(_ bytes: [UInt8]) -> [EmbeddedStore] {
    var stores: [EmbeddedStore] = []
    var position = 8
    while position < bytes.count {
      let length = number(bytes, position, 4)
      if bytes[position + 4..<position + 8].elementsEqual("caBX".utf8) {
        stores.append(
          EmbeddedStore(
            bytes: Array(bytes[position + 8..<position + 8 + length]),
            extent: position..<position + 12 + length))
      }
      position += 12 + length
    }
    return stores
  }

  private static func riff(_ bytes: [UInt8]) -> [EmbeddedStore] {
    var position = 12
    while position < bytes.count {
      let length = little(bytes, position + 4, 4)
      let end = position + 8 + length + length % 2
      if bytes[position..<position + 4].elementsEqual("C2PA".utf8) {
        return [
          EmbeddedStore(bytes: Array(bytes[position + 8..<position + 8 + length]), extent: position..<end)
        ]
      }
      position = end
    }
    return []
  }

  private static func gif(_ bytes: [UInt8]) -> [EmbeddedStore] {
    guard
      let start = bytes.indices.first(where: {
        bytes[$0...].starts(with: [0x21, 0xFF, 0x0B] + "C2PA_GIF".utf8)
      })
    else { return [] }
    var position = start + 14
    var store: [UInt8] = []
    while bytes[position] != 0 {
      store += bytes[position + 1...position + Int(bytes[position])]
      position += 1 + Int(bytes[position])
    }
    return [EmbeddedStore(bytes: store, extent: start..<position + 1)]
  }

  private static func tiff(_ bytes: [UInt8]) -> [EmbeddedStore] {
    var directory = little(bytes, 4, 4)
    while directory != 0 {
      let count = little(bytes, directory, 2)
      for index in 0..<count {
        let entry = directory + 2 + 12 * index
        guard little(bytes, entry, 2) == 0xCD41 else { continue }
        let range = little(bytes, entry + 8, 4)..<little(bytes, entry + 8, 4) + little(bytes, entry + 4, 4)
        return [EmbeddedStore(bytes: Array(bytes[range]), extent: range)]
      }
      directory = little(bytes, directory + 2 + 12 * count, 4)
    }
    return []
  }

  private static func bmff(_ bytes: [UInt8]) -> [EmbeddedStore] {
    var position = 0
    while position < bytes.count {
      let length = number(bytes, position, 4)
      if bytes[position + 4..<position + 8].elementsEqual("uuid".utf8) {
        guard bytes[position + 28..<position + 37].elementsEqual("manifest\0".utf8) else { return [] }
        let start = position + 45
        return [
          EmbeddedStore(
            bytes: Array(bytes[start..<start + number(bytes, start, 4)]), extent: position..<position + length
          )
        ]
      }
      position += length
    }
    return []
  }
}
