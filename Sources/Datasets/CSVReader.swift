/// Reads a CSV text by RFC 4180, record by record.
///
/// Lines end with LF or CRLF, a field with quotes may hold them, a quote in it stands twice. What the RFC does not know is
/// refused: a quote inside a field without quotes, something behind a closing quote, a CR alone. A byte order mark is
/// skipped, and lines without a character are, as Python's `csv.DictReader` does.
struct CSVReader {
  /// What is wrong, and in which line.
  struct Problem: Error, Equatable {
    let line: Int
    let reason: String
  }

  /// The most fields of a record.
  static let maximumFieldCount = 10_000

  private let bytes: [UInt8]
  private var position: Int
  private var line = 1

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The next record and the line that it begins in; `nil` at the end.
  mutating func next() throws(Problem) -> (fields: [String], line: Int)? {
    skipEmptyLines()
    guard position < bytes.count else { return nil }
    let first = line
    var fields: [String] = []
    while true {
      let field = try field()
      guard let text = String(validating: field, as: UTF8.self) else {
        throw Problem(line: first, reason: "field \(fields.count + 1) is no UTF-8")
      }
      fields.append(text)
      guard fields.count <= Self.maximumFieldCount else {
        throw Problem(line: first, reason: "more than \(Self.maximumFieldCount) fields")
      }
      guard position < bytes.count else { return (fields, first) }
      // A field ends at a comma, at the end of a line or of the text.
      if bytes[position] == UInt8(ascii: ",") {
        position += 1
      } else {
        endLine()
        return (fields, first)
      }
    }
  }

  private mutating func skipEmptyLines() {
    while position < bytes.count, isLineEnd(position) { endLine() }
  }

  private func isLineEnd(_ at: Int) -> Bool {
    bytes[at] == UInt8(ascii: "\n")
      || bytes[at] == UInt8(ascii: "\r") && at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "\n")
  }

  private mutating func endLine() {
    position += bytes[position] == UInt8(ascii: "\n") ? 1 : 2
    line += 1
  }

  private mutating func field() throws(Problem) -> ArraySlice<UInt8> {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return try plainField() }
    let first = line
    position += 1
    var start = position
    var text: ArraySlice<UInt8> = []
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\"") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\""):
        text += bytes[start...position]
        position += 2
        start = position
      case UInt8(ascii: "\""):
        text += bytes[start..<position]
        position += 1
        guard position == bytes.count || bytes[position] == UInt8(ascii: ",") || isLineEnd(position) else {
          throw Problem(line: line, reason: "something stands behind a closing quote")
        }
        return text
      case UInt8(ascii: "\n"):
        line += 1
        position += 1
      default: position += 1
      }
    }
    throw Problem(line: first, reason: "a quote is never closed")
  }

  private mutating func plainField() throws(Problem) -> ArraySlice<UInt8> {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: ","), UInt8(ascii: "\n"): return bytes[start..<position]
      case UInt8(ascii: "\r"):
        guard isLineEnd(position) else {
          throw Problem(line: line, reason: "a carriage return alone: lines end with LF or CR LF")
        }
        return bytes[start..<position]
      case UInt8(ascii: "\""):
        throw Problem(line: line, reason: "a quote inside a field that does not begin with one")
      default: position += 1
      }
    }
    return bytes[start...]
  }
}
