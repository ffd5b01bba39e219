/// The LZW decompression of GIF.
///
/// Sub-blocks and codes by the rules of Pillow's decoder, which are not always the standard's: a block counts only
/// when all of it is there, an empty block ends nothing, and the end code before the last pixel is the end of the file.
struct LZWDecoder {
  enum Failure: Error { case truncated, corrupt }

  private static let tableSize = 4096

  private var reader: ByteReader
  private let clear: Int
  private let minimumBits: Int
  private var bits: Int
  private var next: Int
  private var buffer = 0
  private var bufferedBits = 0
  private var blockBytes = 0
  private var previous: Int?
  private var firstOfPrevious: UInt8 = 0
  // Of each code its last byte, and the code of what stands before it.
  private var suffixes = [UInt8](repeating: 0, count: tableSize)
  private var prefixes = [Int16](repeating: 0, count: tableSize)
  /// The bytes of the last code in reverse order, as following the links gives them.
  private var pending = [UInt8]()

  /// - Parameter minimumBits: The file's initial code size less one.
  init(_ reader: ByteReader, minimumBits: Int) throws(Failure) {
    guard (0...12).contains(minimumBits) else { throw .corrupt }
    self.reader = reader
    self.minimumBits = minimumBits
    clear = 1 << minimumBits
    bits = minimumBits + 1
    next = clear + 2
    pending.reserveCapacity(Self.tableSize)
  }

  /// The most indices that so many bytes can stand for: each code is at most one longer than the one before it, and none
  /// is longer than the table.
  static func mostIndices(bytes: Int, minimumBits: Int) -> Int {
    let codes = bytes * 8 / (minimumBits + 1) + 1
    let growing = Swift.min(codes, tableSize)
    return growing * (growing + 1) / 2 + (codes - growing) * tableSize
  }

  /// Writes the next `row.count` indices.
  mutating func read(_ row: UnsafeMutableBufferPointer<UInt8>) throws(Failure) {
    for index in row.indices {
      if pending.isEmpty { try readCode() }
      row[index] = pending.removeLast()
    }
  }

  private mutating func readBits() throws(Failure) -> Int {
    while bufferedBits < bits {
      if blockBytes > 0, let byte = reader.readUInt8() {
        buffer |= byte << bufferedBits
        bufferedBits += 8
        blockBytes -= 1
      } else {
        guard let count = reader.readUInt8(), count <= reader.remaining else { throw .truncated }
        blockBytes = count
      }
    }
    defer {
      buffer >>= bits
      bufferedBits -= bits
    }
    return buffer & (1 << bits - 1)
  }

  /// Reads codes until one has bytes.
  private mutating func readCode() throws(Failure) {
    while true {
      let code = try readBits()
      if code == clear {
        bits = minimumBits + 1
        next = clear + 2
        previous = nil
        continue
      }
      guard code != clear + 1 else { throw .truncated }
      guard let last = previous else {
        guard code < clear else { throw .corrupt }
        pending.append(UInt8(truncatingIfNeeded: code))
        firstOfPrevious = UInt8(truncatingIfNeeded: code)
        previous = code
        return
      }
      guard code <= next else { throw .corrupt }
      var link = code
      if code == next {  // What the last code stands for, and its first byte again.
        pending.append(firstOfPrevious)
        link = last
      }
      while link >= clear {
        guard link < Self.tableSize, pending.count < Self.tableSize else { throw .corrupt }
        pending.append(suffixes[link])
        link = Int(prefixes[link])
      }
      firstOfPrevious = UInt8(truncatingIfNeeded: link)
      pending.append(firstOfPrevious)
      if next < Self.tableSize {
        suffixes[next] = firstOfPrevious
        prefixes[next] = Int16(truncatingIfNeeded: last)
        next += 1
        if next == 1 << bits, bits < 12 { bits += 1 }
      }
      previous = code
      return
    }
  }
}
