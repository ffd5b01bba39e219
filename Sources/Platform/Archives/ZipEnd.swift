/// The end of a ZIP archive: how many entries its directory has, and where that lies.
struct ZipEnd {
  let entryCount: Int
  let directory: Range<Int>

  /// Reads the end record, and that of ZIP64 before it where there is one.
  init(of source: some ZipSource) throws(ZipError) {
    let recordLength = 22
    // The record may be followed by a comment.
    let tailStart = max(0, source.byteCount - recordLength - 65_535)
    let tail = try LittleEndianBytes(source.read(tailStart..<source.byteCount))
    guard tail.count >= recordLength,
      let position = (0...(tail.count - recordLength)).reversed().first(where: {
        tail.u32($0) == 0x0605_4B50 && Int(tail.u16($0 + 20)) == tail.count - $0 - recordLength
      })
    else { throw .invalid(reason: "there is no end record") }

    let start = tailStart + position
    var fields = EndFields(
      disks: UInt64(tail.u16(position + 4)) | UInt64(tail.u16(position + 6)),
      entriesHere: UInt64(tail.u16(position + 8)), entries: UInt64(tail.u16(position + 10)),
      size: UInt64(tail.u32(position + 12)), offset: UInt64(tail.u32(position + 16)))
    var directoryEnd = start
    let locatorLength = 20
    if start >= locatorLength {
      let locator = try LittleEndianBytes(source.read((start - locatorLength)..<start))
      if locator.u32(0) == 0x0706_4B50 {
        let offset = locator.u64(8)
        guard locator.u32(4) == 0, locator.u32(16) <= 1, start >= locatorLength + 56,
          offset <= UInt64(start - locatorLength - 56)
        else { throw .invalid(reason: "the ZIP64 locator points nowhere") }
        let record = try LittleEndianBytes(source.read(Int(offset)..<(Int(offset) + 56)))
        guard record.u32(0) == 0x0606_4B50, record.u64(4) == UInt64(start - locatorLength) - offset - 12
        else { throw .invalid(reason: "the ZIP64 end record is damaged") }
        let wide = EndFields(
          disks: UInt64(record.u32(16)) | UInt64(record.u32(20)), entriesHere: record.u64(24),
          entries: record.u64(32), size: record.u64(40), offset: record.u64(48))
        guard fields.agrees(with: wide) else {
          throw .invalid(reason: "the two end records contradict each other")
        }
        fields = wide
        directoryEnd = Int(offset)
      }
    }
    guard fields.disks == 0, fields.entriesHere == fields.entries else {
      throw .invalid(reason: "it is a part of a split archive")
    }
    let (sum, overflow) = fields.offset.addingReportingOverflow(fields.size)
    guard !overflow, sum == UInt64(directoryEnd) else {
      throw .invalid(reason: "the directory does not end where the end record begins")
    }
    entryCount = Int(clamping: fields.entries)
    directory = Int(fields.offset)..<directoryEnd
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
  }
}

extension ZipSource {
  /// The bytes of `range`, which lies inside the source.
  func read(_ range: Range<Int>) throws(ZipError) -> [UInt8] {
    try ZipError.reading { () throws(FileError) in try bytes(at: range) }
  }
}
