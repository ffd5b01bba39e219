import Platform

/// The entries of a ZIP archive whose entries are stored, not compressed, as PyTorch writes them.
///
/// Everything that two readers could understand differently is refused: entries that overlap, names that occur
/// twice, a local header that says something else than the directory, bytes between the directory and the
/// end record. ZIP64 is read.
struct ZipDirectory {
  /// Where each entry's bytes lie, by name.
  let entries: [String: Range<Int>]

  /// What is wrong, as a sentence's end.
  struct Problem: Error, Equatable {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  private struct End {
    let entryCount: Int
    let directory: Range<Int>
  }

  /// Reads the directory of an archive.
  ///
  /// - Parameter maximumEntryCount: A directory of more entries is refused before it is read.
  /// - Returns: A problem, or the directory.
  init(_ source: ByteSource, maximumEntryCount: Int) throws(CheckpointError.Problem) {
    let end = try Self.reading { () throws(FileError) in try Self.end(of: source) }
    do throws(Problem) {
      let end = try end.get()
      guard end.entryCount <= maximumEntryCount else {
        throw Problem("\(end.entryCount) entries are above the limit of \(maximumEntryCount)")
      }
      // An entry of the directory takes at most 46 bytes and three texts of at most 65,535.
      let (longest, overflow) = end.entryCount.multipliedReportingOverflow(by: 46 + 3 * 65_535)
      guard overflow || end.directory.count <= longest else {
        throw Problem("a directory of \(end.directory.count) bytes for \(end.entryCount) entries")
      }
      entries = try Self.entries(source, end)
    } catch {
      throw .invalidZip(reason: error.reason)
    }
  }

  private static func reading<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(CheckpointError.Problem) -> Result {
    do throws(FileError) { return try body() } catch { throw .unreadable(error) }
  }

  // MARK: The end of the archive

  /// The end record, and that of ZIP64 before it where there is one.
  private static func end(of source: ByteSource) throws(FileError) -> Result<End, Problem> {
    let recordLength = 22
    // The record may be followed by a comment.
    let tailStart = max(0, source.byteCount - recordLength - 65_535)
    let tail = LittleEndianBytes(try source.bytes(at: tailStart..<source.byteCount))
    guard tail.count >= recordLength else { return .failure(Problem("there is no end record")) }
    guard
      let position = (0...(tail.count - recordLength)).reversed().first(where: {
        tail.u32($0) == 0x0605_4B50 && Int(tail.u16($0 + 20)) == tail.count - $0 - recordLength
      })
    else { return .failure(Problem("there is no end record")) }

    let start = tailStart + position
    var fields = EndFields(
      disks: UInt64(tail.u16(position + 4)) | UInt64(tail.u16(position + 6)),
      entriesHere: UInt64(tail.u16(position + 8)), entries: UInt64(tail.u16(position + 10)),
      size: UInt64(tail.u32(position + 12)), offset: UInt64(tail.u32(position + 16)))
    var directoryEnd = start
    let locatorLength = 20
    if start >= locatorLength {
      let locator = LittleEndianBytes(try source.bytes(at: (start - locatorLength)..<start))
      if locator.u32(0) == 0x0706_4B50 {
        let offset = locator.u64(8)
        guard locator.u32(4) == 0, locator.u32(16) <= 1, start >= locatorLength + 56,
          offset <= UInt64(start - locatorLength - 56)
        else { return .failure(Problem("the ZIP64 locator points nowhere")) }
        let record = LittleEndianBytes(try source.bytes(at: Int(offset)..<(Int(offset) + 56)))
        guard record.u32(0) == 0x0606_4B50, record.u64(4) == UInt64(start - locatorLength) - offset - 12
        else {
          return .failure(Problem("the ZIP64 end record is damaged"))
        }
        let wide = EndFields(
          disks: UInt64(record.u32(16)) | UInt64(record.u32(20)), entriesHere: record.u64(24),
          entries: record.u64(32), size: record.u64(40), offset: record.u64(48))
        guard fields.agrees(with: wide) else {
          return .failure(Problem("the two end records contradict each other"))
        }
        fields = wide
        directoryEnd = Int(offset)
      }
    }
    return fields.end(at: directoryEnd)
  }

  private struct EndFields {
    let disks: UInt64
    let entriesHere: UInt64
    let entries: UInt64
    let size: UInt64
    let offset: UInt64

    /// Whether the wide record says the same where the short one has room for it.
    func agrees(with wide: EndFields) -> Bool {
      func same(_ short: UInt64, _ long: UInt64, _ full: UInt64) -> Bool { short == full || short == long }
      return same(entries, wide.entries, 0xFFFF) && same(size, wide.size, 0xFFFF_FFFF)
        && same(offset, wide.offset, 0xFFFF_FFFF)
    }

    func end(at directoryEnd: Int) -> Result<End, Problem> {
      guard disks == 0, entriesHere == entries else {
        return .failure(Problem("it is a part of a split archive"))
      }
      let (sum, overflow) = offset.addingReportingOverflow(size)
      guard !overflow, sum == UInt64(directoryEnd) else {
        return .failure(Problem("the directory does not end where the end record begins"))
      }
      return .success(
        End(entryCount: Int(clamping: entries), directory: Int(offset)..<directoryEnd))
    }
  }

  // MARK: The entries

  private struct Entry {
    let name: String
    let nameBytes: [UInt8]
    let header: Int
    let size: Int
  }

  private static func entries(_ source: ByteSource, _ end: End) throws(Problem) -> [String: Range<Int>] {
    let directory: LittleEndianBytes
    do throws(FileError) {
      directory = LittleEndianBytes(try source.bytes(at: end.directory))
    } catch {
      throw Problem("\(error)")
    }
    var found: [Entry] = []
    found.reserveCapacity(min(end.entryCount, end.directory.count / 46))
    var position = 0
    for _ in 0..<end.entryCount {
      found.append(try entry(directory, &position))
    }
    guard position == directory.count else { throw Problem("the directory has bytes that are no entry") }

    found.sort { $0.header < $1.header }
    var ranges = [String: Range<Int>](minimumCapacity: found.count)
    for (index, entry) in found.enumerated() {
      let next = index + 1 < found.count ? found[index + 1].header : .max
      let limit = min(next, end.directory.lowerBound)
      let range = try data(of: entry, in: source, limit: limit)
      guard ranges.updateValue(range, forKey: entry.name) == nil else {
        throw Problem("\"\(entry.name.printable)\" is there twice")
      }
    }
    return ranges
  }

  /// One entry of the directory.
  private static func entry(_ bytes: LittleEndianBytes, _ position: inout Int) throws(Problem) -> Entry {
    guard bytes.count - position >= 46, bytes.u32(position) == 0x0201_4B50 else {
      throw Problem("the directory is cut or damaged")
    }
    let (nameLength, extraLength) = (Int(bytes.u16(position + 28)), Int(bytes.u16(position + 30)))
    let length = 46 + nameLength + extraLength + Int(bytes.u16(position + 32))
    guard bytes.count - position >= length else { throw Problem("the directory is cut or damaged") }
    let nameBytes = Array(bytes[(position + 46)..<(position + 46 + nameLength)])
    guard let name = String(validating: nameBytes, as: UTF8.self), !nameBytes.isEmpty else {
      throw Problem("an entry's name is empty or no UTF-8")
    }
    guard bytes.u16(position + 8) & 1 == 0 else { throw Problem("\"\(name.printable)\" is encrypted") }
    let method = bytes.u16(position + 10)
    guard method == 0 else { throw Problem("\"\(name.printable)\" is compressed (method \(method))") }

    var compressed = UInt64(bytes.u32(position + 20))
    var size = UInt64(bytes.u32(position + 24))
    var header = UInt64(bytes.u32(position + 42))
    if size == 0xFFFF_FFFF || compressed == 0xFFFF_FFFF || header == 0xFFFF_FFFF {
      let start = position + 46 + nameLength
      var wide = try wideFields(bytes, start..<(start + extraLength), name)
      func next(_ field: inout UInt64) throws(Problem) {
        guard field == 0xFFFF_FFFF else { return }
        guard let value = wide.popFirst() else {
          throw Problem("\"\(name.printable)\" lacks its ZIP64 sizes")
        }
        field = value
      }
      try next(&size)
      try next(&compressed)
      try next(&header)
    }
    guard size == compressed else {
      throw Problem("\"\(name.printable)\" is stored at another size than its own")
    }
    guard let size = Int(exactly: size), let header = Int(exactly: header) else {
      throw Problem("\"\(name.printable)\" lies beyond the file")
    }
    position += length
    return Entry(name: name, nameBytes: nameBytes, header: header, size: size)
  }

  /// The 64-bit numbers of an entry's ZIP64 field.
  private static func wideFields(
    _ bytes: LittleEndianBytes, _ range: Range<Int>, _ name: String
  ) throws(Problem) -> ArraySlice<UInt64> {
    var position = range.lowerBound
    while range.upperBound - position >= 4 {
      let (id, length) = (bytes.u16(position), Int(bytes.u16(position + 2)))
      position += 4
      guard length <= range.upperBound - position else { break }
      if id == 1 {
        return stride(from: position, through: position + length - 8, by: 8).map { bytes.u64($0) }[...]
      }
      position += length
    }
    throw Problem("\"\(name.printable)\" lacks its ZIP64 sizes")
  }

  /// Where an entry's bytes lie, by its local header, which must say what the directory says.
  private static func data(of entry: Entry, in source: ByteSource, limit: Int) throws(Problem) -> Range<Int> {
    let name = entry.name.printable
    guard entry.header >= 0, limit - entry.header >= 30 + entry.nameBytes.count else {
      throw Problem("\"\(name)\" overlaps what follows it")
    }
    let header: LittleEndianBytes
    do throws(FileError) {
      header = LittleEndianBytes(
        try source.bytes(at: entry.header..<(entry.header + 30 + entry.nameBytes.count)))
    } catch {
      throw Problem("\(error)")
    }
    guard header.u32(0) == 0x0403_4B50 else { throw Problem("\"\(name)\" has no header where it should be") }
    let extraLength = Int(header.u16(28))
    guard header.u16(6) & 1 == 0, header.u16(8) == 0, Int(header.u16(26)) == entry.nameBytes.count,
      header[30...].elementsEqual(entry.nameBytes)
    else { throw Problem("\"\(name)\": its header and the directory contradict each other") }
    // Zero where the sizes follow the data, all ones where they are in a ZIP64 field.
    for field in [header.u32(18), header.u32(22)] where field != 0 && field != 0xFFFF_FFFF {
      guard Int(field) == entry.size else {
        throw Problem("\"\(name)\": its header and the directory contradict each other")
      }
    }
    let begin = entry.header + 30 + entry.nameBytes.count + extraLength
    guard begin <= limit, entry.size <= limit - begin else {
      throw Problem("\"\(name)\" overlaps what follows it")
    }
    return begin..<(begin + entry.size)
  }
}
