/// A strict reader of small XML documents: elements, attributes and text. It knows the five predefined entities and
/// numbers of characters; a document type is refused, so nothing in a text can expand.
struct XMLReader {
  /// An element with names resolved by their namespaces.
  struct Element {
    var name: Name
    var attributes: [(name: Name, value: String)] = []
    var children: [Element] = []
    var text = ""
  }

  struct Name: Hashable {
    let namespace: String
    let local: String

    init(_ namespace: String, _ local: String) { (self.namespace, self.local) = (namespace, local) }
  }

  enum Problem: Error, Equatable {
    case malformed(byte: Int)
    case documentType
    case tooDeep
    case tooLarge
  }

  private let bytes: [UInt8]
  private var position = 0
  private let mostDepth: Int
  private var left = 100_000

  /// The outermost element of a text in UTF-8.
  static func root(of bytes: [UInt8], depth: Int) throws(Problem) -> Element {
    var reader = XMLReader(bytes: bytes, mostDepth: depth)
    return try reader.document()
  }

  private init(bytes: [UInt8], mostDepth: Int) {
    self.bytes = bytes
    self.mostDepth = mostDepth
  }

  private var malformed: Problem { .malformed(byte: position) }
  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func has(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes[position...].starts(with: $0) }
  }

  private mutating func skip(past text: StaticString) throws(Problem) {
    while position < bytes.count {
      if has(text) {
        position += text.utf8CodeUnitCount
        return
      }
      position += 1
    }
    throw malformed
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private mutating func document() throws(Problem) -> Element {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while true {
      skipSpace()
      if has("<?") {
        try skip(past: "?>")
      } else if has("<!--") {
        try skip(past: "-->")
      } else if has("<!") {
        throw .documentType
      } else if has("<") {
        return try element(["xml": "http://www.w3.org/XML/1998/namespace"], depth: 1)
      } else {
        throw malformed
      }
    }
  }

  private mutating func element(_ outer: [String: String], depth: Int) throws(Problem) -> Element {
    guard depth <= mostDepth else { throw .tooDeep }
    try count()
    position += 1
    let tag = try name()
    var scope = outer
    var plain: [(String, String)] = []
    while true {
      skipSpace()
      guard let byte = peek else { throw malformed }
      if byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") { break }
      try count()
      let key = try name()
      skipSpace()
      guard peek == UInt8(ascii: "=") else { throw malformed }
      position += 1
      skipSpace()
      guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
        throw malformed
      }
      position += 1
      let value = try text(until: quote)
      position += 1
      if key == "xmlns" {
        scope[""] = value
      } else if key.hasPrefix("xmlns:") {
        scope[String(key.dropFirst(6))] = value
      } else {
        plain.append((key, value))
      }
    }
    var element = Element(name: try resolve(tag, scope, isAttribute: false))
    for (key, value) in plain {
      element.attributes.append((try resolve(key, scope, isAttribute: true), value))
    }
    if peek == UInt8(ascii: "/") {
      position += 1
      guard peek == UInt8(ascii: ">") else { throw malformed }
      position += 1
      return element
    }
    position += 1
    try readContent(of: &element, tag, scope, depth)
    return element
  }

  private mutating func readContent(
    of element: inout Element, _ tag: String, _ scope: [String: String], _ depth: Int
  ) throws(Problem) {
    while true {
      guard peek != nil else { throw malformed }
      if has("</") {
        position += 2
        guard try name() == tag else { throw malformed }
        skipSpace()
        guard peek == UInt8(ascii: ">") else { throw malformed }
        position += 1
        return
      } else if has("<!--") {
        try skip(past: "-->")
      } else if has("<![CDATA[") {
        position += 9
        let start = position
        try skip(past: "]]>")
        element.text += try string(start..<position - 3)
      } else if has("<?") {
        try skip(past: "?>")
      } else if has("<!") {
        throw .documentType
      } else if has("<") {
        element.children.append(try self.element(scope, depth: depth + 1))
      } else {
        element.text += try text(until: UInt8(ascii: "<"))
      }
    }
  }

  private mutating func count() throws(Problem) {
    left -= 1
    if left < 0 { throw .tooLarge }
  }

  private mutating func name() throws(Problem) -> String {
    let start = position
    while let byte = peek, byte > 0x20, !Self.endsName.contains(byte) { position += 1 }
    guard position > start, position - start <= 1_000 else { throw malformed }
    return try string(start..<position)
  }

  private static let endsName = Set("=/><\"'&".utf8)

  private func string(_ range: Range<Int>) throws(Problem) -> String {
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw malformed }
    return text
  }

  private func resolve(_ name: String, _ scope: [String: String], isAttribute: Bool) throws(Problem) -> Name {
    guard let colon = name.firstIndex(of: ":") else {
      return Name(isAttribute ? "" : scope[""] ?? "", name)
    }
    guard let namespace = scope[String(name[..<colon])] else { throw malformed }
    return Name(namespace, String(name[name.index(after: colon)...]))
  }

  /// Text up to `end`, which is not consumed.
  private mutating func text(until end: UInt8) throws(Problem) -> String {
    var text = ""
    var start = position
    while let byte = peek, byte != end {
      if byte == UInt8(ascii: "&") {
        text += try string(start..<position)
        text.unicodeScalars.append(try reference())
        start = position
      } else if byte == UInt8(ascii: "<") {
        throw malformed
      } else {
        position += 1
      }
    }
    guard peek == end else { throw malformed }
    return text + (try string(start..<position))
  }

  private mutating func reference() throws(Problem) -> Unicode.Scalar {
    guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw malformed }
    let name = try string(position + 1..<end)
    let named: Unicode.Scalar?
    switch name {
    case "lt": named = "<"
    case "gt": named = ">"
    case "amp": named = "&"
    case "quot": named = "\""
    case "apos": named = "'"
    case _ where name.hasPrefix("#x"):
      named = UInt32(name.dropFirst(2), radix: 16).flatMap { Unicode.Scalar($0) }
    case _ where name.hasPrefix("#"): named = UInt32(name.dropFirst(1)).flatMap { Unicode.Scalar($0) }
    default: named = nil
    }
    guard let scalar = named else { throw malformed }
    position = end + 1
    return scalar
  }
}
