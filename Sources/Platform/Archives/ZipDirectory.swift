/// The entries of a ZIP archive: one walker for the archives of PyTorch and of images.
///
/// Everything that two readers could understand differently is refused: entries that overlap, a local header that says
/// something else than the directory, bytes between the directory and the end record. ZIP64 is read. Whether a name may
/// occur twice is the caller's question. Nothing is read of an entry's data.
package struct ZipDirectory: Sendable {
  /// An entry as the directory has it.
  package struct Entry: Sendable {
    /// Where it begins in the directory.
    let place: Int
    /// Where its local header begins in the archive.
    let header: Int
    /// Where the next entry, or the directory, begins.
    let limit: Int
    /// 0 for stored, 8 for deflated.
    package let method: UInt16
    /// The bytes that its data takes in the archive.
    package let storedByteCount: Int
    /// The bytes that its data has.
    package let byteCount: Int
    /// The CRC-32 of its data.
    package let crc32: UInt32
  }

  /// The entries in the order of their places in the archive.
  package let entries: [Entry]
  private let directory: LittleEndianBytes
  private let rules: ZipRules

  /// Reads the directory of an archive.
  package init(_ source: some ZipSource, rules: ZipRules) throws(ZipError) {
    let end = try ZipEnd(of: source)
    guard end.entryCount <= rules.maximumEntryCount else {
      throw .invalid(reason: "\(end.entryCount) entries are above the limit of \(rules.maximumEntryCount)")
    }
    // An entry of the directory takes at most 46 bytes and three texts of at most 65,535.
    let (longest, overflow) = end.entryCount.multipliedReportingOverflow(by: 46 + 3 * 65_535)
    guard overflow || end.directory.count <= longest else {
      throw .invalid(reason: "a directory of \(end.directory.count) bytes for \(end.entryCount) entries")
    }
    guard end.directory.count <= rules.maximumDirectoryByteCount else {
      throw .invalid(
        reason: "a directory of \(end.directory.count) bytes is above the limit of "
          + "\(rules.maximumDirectoryByteCount)")
    }
    self.rules = rules
    directory = try LittleEndianBytes(source.read(end.directory))
    entries = try Self.entries(directory, end, rules)
  }

  private static func entries(
    _ directory: LittleEndianBytes, _ end: ZipEnd, _ rules: ZipRules
  ) throws(ZipError) -> [Entry] {
    var found: [Entry] = []
    found.reserveCapacity(min(end.entryCount, directory.count / 46))
    var position = 0
    for _ in 0..<end.entryCount {
      found.append(try entry(directory, &position, rules))
    }
    guard position == directory.count else {
      throw .invalid(reason: "the directory has bytes that are no entry")
    }
    found.sort { $0.header < $1.header }
    for index in found.indices {
      let next = index + 1 < found.count ? found[index + 1].header : .max
      found[index] = found[index].limited(to: min(next, end.directory.lowerBound))
    }
    return found
  }

  // MARK: One entry

  private static func entry(
    _ bytes: LittleEndianBytes, _ position: inout Int, _ rules: ZipRules
  ) throws(ZipError) -> Entry {
    guard bytes.count - position >= 46, bytes.u32(position) == 0x0201_4B50 else {
      throw .invalid(reason: "the directory is cut or damaged")
    }
    let (nameLength, extraLength) = (Int(bytes.u16(position + 28)), Int(bytes.u16(position + 30)))
    let length = 46 + nameLength + extraLength + Int(bytes.u16(position + 32))
    guard bytes.count - position >= length else { throw .invalid(reason: "the directory is cut or damaged") }
    let nameBytes = bytes[(position + 46)..<(position + 46 + nameLength)]
    let isUTF8 = rules.names == .utf8 || bytes.u16(position + 8) & 0x800 != 0
    guard !nameBytes.isEmpty, !isUTF8 || String(validating: nameBytes, as: UTF8.self) != nil else {
      throw .invalid(reason: "an entry's name is empty or no UTF-8")
    }
    func name() -> String {
      String(validating: nameBytes, as: UTF8.self)?.printable ?? CodePage437.text(nameBytes).printable
    }
    guard bytes.u16(position + 8) & 1 == 0 else { throw .invalid(reason: "\"\(name())\" is encrypted") }
    let method = bytes.u16(position + 10)
    guard rules.methods.contains(method) else {
      throw .invalid(reason: "\"\(name())\" is compressed (method \(method))")
    }

    var compressed = UInt64(bytes.u32(position + 20))
    var size = UInt64(bytes.u32(position + 24))
    var header = UInt64(bytes.u32(position + 42))
    if size == 0xFFFF_FFFF || compressed == 0xFFFF_FFFF || header == 0xFFFF_FFFF {
      let start = position + 46 + nameLength
      guard var wide = wideFields(bytes, start..<(start + extraLength)) else {
        throw .invalid(reason: "\"\(name())\" lacks its ZIP64 sizes")
      }
      func next(_ field: inout UInt64) throws(ZipError) {
        guard field == 0xFFFF_FFFF else { return }
        guard let value = wide.popFirst() else {
          throw .invalid(reason: "\"\(name())\" lacks its ZIP64 sizes")
        }
        field = value
      }
      try next(&size)
      try next(&compressed)
      try next(&header)
    }
    guard method != 0 || size == compressed else {
      throw .invalid(reason: "\"\(name())\" is stored at another size than its own")
    }
    guard let compressed = Int(exactly: compressed), let size = Int(exactly: size),
      let header = Int(exactly: header)
    else { throw .invalid(reason: "\"\(name())\" lies beyond the file") }
    let entry = Entry(
      place: position, header: header, limit: .max, method: method, storedByteCount: compressed,
      byteCount: size, crc32: bytes.u32(position + 16))
    position += length
    return entry
  }

  /// The 64-bit numbers of an entry's ZIP64 field.
  private static func wideFields(_ bytes: LittleEndianBytes, _ range: Range<Int>) -> ArraySlice<UInt64>? {
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
    return nil
  }

  // MARK: Names and places

  private func nameBytes(of entry: Entry) -> ArraySlice<UInt8> {
    directory[(entry.place + 46)..<(entry.place + 46 + Int(directory.u16(entry.place + 28)))]
  }

  /// The name of an entry of this directory.
  package func name(of entry: Entry) -> String {
    let isUTF8 = rules.names == .utf8 || directory.u16(entry.place + 8) & 0x800 != 0
    return isUTF8
      ? String(decoding: nameBytes(of: entry), as: UTF8.self) : CodePage437.text(nameBytes(of: entry))
  }

  /// Refuses an entry for which there is no room before what follows it, without a look at the archive.
  package func checkRoom(of entry: Entry) throws(ZipError) {
    let room = entry.limit - entry.header
    guard room >= 30 + nameBytes(of: entry).count,
      entry.storedByteCount <= room - 30 - nameBytes(of: entry).count
    else { throw .invalid(reason: "\"\(name(of: entry).printable)\" overlaps what follows it") }
  }

  /// Where an entry's data lies, by its local header, which must say what the directory says.
  package func data(of entry: Entry, in source: some ZipSource) throws(ZipError) -> Range<Int> {
    let nameBytes = nameBytes(of: entry)
    func problem(_ text: String) -> ZipError {
      .invalid(reason: "\"\(name(of: entry).printable)\"\(text)")
    }
    guard entry.header >= 0, entry.limit - entry.header >= 30 + nameBytes.count else {
      throw problem(" overlaps what follows it")
    }
    let header = try LittleEndianBytes(
      source.read(entry.header..<(entry.header + 30 + nameBytes.count)))
    guard header.u32(0) == 0x0403_4B50 else { throw problem(" has no header where it should be") }
    let extraLength = Int(header.u16(28))
    guard header.u16(6) & 1 == 0, header.u16(8) == entry.method, Int(header.u16(26)) == nameBytes.count,
      header[30...].elementsEqual(nameBytes)
    else { throw problem(": its header and the directory contradict each other") }
    // Zero where the sizes follow the data, all ones where they are in a ZIP64 field.
    for (field, size) in [(header.u32(18), entry.storedByteCount), (header.u32(22), entry.byteCount)]
    where field != 0 && field != 0xFFFF_FFFF {
      guard Int(field) == size else {
        throw problem(": its header and the directory contradict each other")
      }
    }
    let begin = entry.header + 30 + nameBytes.count + extraLength
    guard begin <= entry.limit, entry.storedByteCount <= entry.limit - begin else {
      throw problem(" overlaps what follows it")
    }
    return begin..<(begin + entry.storedByteCount)
  }
}

extension ZipDirectory.Entry {
  fileprivate func limited(to limit: Int) -> Self {
    Self(
      place: place, header: header, limit: limit, method: method, storedByteCount: storedByteCount,
      byteCount: byteCount, crc32: crc32)
  }
}
