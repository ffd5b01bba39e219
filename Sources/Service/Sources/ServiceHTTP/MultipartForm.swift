import Foundation
import ModelService

/// The parts of a `multipart/form-data` body (RFC 7578), within bounds.
struct MultipartForm: Sendable {
  struct Part: Sendable, Equatable {
    var name: String
    var fileName: String?
    var bytes: [UInt8]
  }

  static let longestBoundary = 70
  static let mostHeaderBytes = 8192
  static let mostParts = 32

  let parts: [Part]

  /// The boundary that a content type names; `nil` where it is another type.
  ///
  /// - Throws: `ServiceFailure.invalid` for a boundary that RFC 2046 does not allow, or none.
  static func boundary(ofContentType type: String?) throws(ServiceFailure) -> String? {
    guard let type else { return nil }
    let parameters = HeaderParameters(type)
    guard parameters.value == "multipart/form-data" else { return nil }
    guard let boundary = parameters["boundary"], (1...longestBoundary).contains(boundary.utf8.count),
      boundary.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { throw .invalid("multipart/form-data without a boundary of 1 to \(longestBoundary) characters") }
    return boundary
  }

  /// - Throws: `ServiceFailure.invalid`, which says what is wrong with it.
  init(_ body: [UInt8], boundary: String) throws(ServiceFailure) {
    let delimiter = Array("\r\n--\(boundary)".utf8)
    var parts: [Part] = []
    // The first delimiter may stand at the very beginning, where no line ends before it.
    var line: (start: Int, next: Int?)
    if body.starts(with: delimiter.dropFirst(2)), let end = Self.endOfLine(body, delimiter.count - 2) {
      line = (0, end.next)
    } else if let first = Self.find(delimiter, in: body, from: 0) {
      line = first
    } else {
      throw .invalid("the body has no part")
    }
    while let next = line.next {
      guard parts.count < Self.mostParts else { throw .invalid("more than \(Self.mostParts) parts") }
      let (header, start) = try Self.header(body, next)
      // A part without a byte: its delimiter's line break is the one after the header.
      guard let end = Self.find(delimiter, in: body, from: start - 2) else {
        throw .invalid("the last part has no end")
      }
      parts.append(try Self.part(header, end.start < start ? [] : Array(body[start..<end.start])))
      line = end
    }
    guard !parts.isEmpty else { throw .invalid("the body has no part") }
    self.parts = parts
  }

  /// The parts that are files.
  func files() -> [Part] { parts.filter { $0.fileName != nil } }

  /// What follows a boundary.
  private enum LineEnd {
    /// Where the next part begins.
    case part(Int)
    case last

    var next: Int? {
      if case .part(let next) = self { next } else { nil }
    }
  }

  /// What follows a boundary, if it ends a line.
  private static func endOfLine(_ body: [UInt8], _ position: Int) -> LineEnd? {
    if body[position...].starts(with: Array("--".utf8)) { return .last }
    var next = position
    while next < body.count, body[next] == 0x20 || body[next] == 0x09 { next += 1 }
    return body[next...].starts(with: Array("\r\n".utf8)) ? .part(next + 2) : nil
  }

  private static func header(
    _ body: [UInt8], _ start: Int
  ) throws(ServiceFailure) -> (lines: [String], end: Int) {
    // Without headers there is only the line break before the contents.
    if body[start...].starts(with: Array("\r\n".utf8)) { return ([], start + 2) }
    let last = min(body.count, start + mostHeaderBytes)
    guard let end = position(of: Array("\r\n\r\n".utf8), in: body, from: start, to: last) else {
      throw .invalid("a part's headers do not end within \(mostHeaderBytes) bytes")
    }
    guard let text = String(validating: body[start..<end], as: UTF8.self) else {
      throw .invalid("a part's headers are no UTF-8")
    }
    return (text.components(separatedBy: "\r\n"), end + 4)
  }

  private static func part(_ header: [String], _ bytes: [UInt8]) throws(ServiceFailure) -> Part {
    var part: Part?
    for line in header {
      guard let colon = line.firstIndex(of: ":") else { throw .invalid("a part's header without a colon") }
      switch line[..<colon].lowercased() {
      case "content-disposition":
        let parameters = HeaderParameters(String(line[line.index(after: colon)...]))
        guard part == nil, parameters.value == "form-data", let name = parameters["name"] else {
          throw .invalid("a part that is no form-data with a name")
        }
        part = Part(name: name, fileName: parameters["filename"], bytes: bytes)
      case "content-transfer-encoding":
        throw .invalid("Content-Transfer-Encoding is not for forms (RFC 7578, 4.7)")
      default: continue
      }
    }
    guard let part else { throw .invalid("a part without Content-Disposition") }
    return part
  }

  /// The next delimiter that ends its line: others are contents.
  private static func find(
    _ delimiter: [UInt8], in body: [UInt8], from start: Int
  ) -> (start: Int, next: Int?)? {
    var start = start
    while let found = position(of: delimiter, in: body, from: start, to: body.count) {
      if let end = endOfLine(body, found + delimiter.count) { return (found, end.next) }
      start = found + 1
    }
    return nil
  }

  /// Where `pattern` begins: by its first byte, which memory is searched for, then all of it.
  private static func position(
    of pattern: [UInt8], in body: [UInt8], from start: Int, to end: Int
  ) -> Int? {
    body.withUnsafeBytes { body -> Int? in
      guard let base = body.baseAddress else { return nil }
      var position = start
      while position + pattern.count <= end {
        guard let found = memchr(base + position, Int32(pattern[0]), end - pattern.count + 1 - position)
        else {
          return nil
        }
        position = UnsafeRawPointer(found) - base
        if memcmp(base + position, pattern, pattern.count) == 0 { return position }
        position += 1
      }
      return nil
    }
  }
}

/// A header's value with its parameters, as `form-data; name="a"`.
struct HeaderParameters: Sendable {
  /// In lower case.
  let value: String
  private let parameters: [String: String]

  init(_ text: String) {
    var pieces: [String] = []
    var piece = ""
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if isEscaped {
        piece.append(character)
        isEscaped = false
      } else if isQuoted, character == "\\" {
        // Browsers do not escape a backslash in a file's name (they write %22 for a quote): only \" and \\ are meant.
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ";", !isQuoted {
        pieces.append(piece)
        piece = ""
      } else {
        piece.append(character)
      }
    }
    pieces.append(piece)
    value = pieces[0].trimmingCharacters(in: .whitespaces).lowercased()
    var parameters: [String: String] = [:]
    for piece in pieces.dropFirst() {
      guard let equals = piece.firstIndex(of: "=") else { continue }
      let name = piece[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
      // The first one counts.
      if parameters[name] == nil {
        parameters[name] = piece[piece.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      }
    }
    self.parameters = parameters
  }

  subscript(_ name: String) -> String? { parameters[name] }
}
