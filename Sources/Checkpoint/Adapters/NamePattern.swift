/// A pattern of module names in `rank_pattern` and `alpha_pattern` of an adapter: the part of Python's regular expressions
/// that such patterns are made of.
///
/// Letters, digits, `_`, `-`, `.`, `\.`, `\d`, `\w`, sets such as `[0-9]` and `[^ab]`, groups, `|`, and `*`, `+`, `?`. Matching keeps
/// the set of places that can be reached, so that no pattern takes longer than its length times that of the name, squared.
struct NamePattern: Sendable {
  private indirect enum Node: Sendable {
    case byte(Set<UInt8>)
    case sequence([Node])
    case either([Node])
    case repeated(Node, atLeastOnce: Bool)
    case optional(Node)
  }

  private let root: Node
  /// What is longer is no name of a module.
  private static let longest = 512
  private static let deepest = 16

  /// - Returns: `nil` for a pattern with anything else in it.
  init?(_ pattern: String) {
    guard pattern.utf8.count <= Self.longest else { return nil }
    var parser = Parser(bytes: Array(pattern.utf8)[...])
    guard let root = parser.alternatives(depth: 0), parser.bytes.isEmpty else { return nil }
    self.root = root
  }

  /// Whether a module is meant: `re.match(rf"(.*\.)?({pattern})$", name)`.
  func matches(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.count <= Self.longest else { return false }
    var starts: Set<Int> = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: ".") { starts.insert(index + 1) }
    return Self.ends(root, in: bytes, from: starts).contains(bytes.count)
  }

  /// Where what the node matches can end, beginning at any of `starts`.
  private static func ends(_ node: Node, in bytes: [UInt8], from starts: Set<Int>) -> Set<Int> {
    switch node {
    case .byte(let set):
      Set(starts.lazy.filter { $0 < bytes.count && set.contains(bytes[$0]) }.map { $0 + 1 })
    case .sequence(let nodes): nodes.reduce(starts) { ends($1, in: bytes, from: $0) }
    case .either(let nodes):
      nodes.reduce(into: Set()) { $0.formUnion(ends($1, in: bytes, from: starts)) }
    case .optional(let node): starts.union(ends(node, in: bytes, from: starts))
    case .repeated(let node, let atLeastOnce): repeated(node, atLeastOnce, in: bytes, from: starts)
    }
  }

  private static func repeated(
    _ node: Node, _ atLeastOnce: Bool, in bytes: [UInt8], from starts: Set<Int>
  ) -> Set<Int> {
    var all = atLeastOnce ? Set() : starts
    var new = starts
    while !new.isEmpty {
      new = ends(node, in: bytes, from: new).subtracting(all)
      all.formUnion(new)
    }
    return all
  }

  private struct Parser {
    var bytes: ArraySlice<UInt8>

    private static let digits = Set(UInt8(ascii: "0")...UInt8(ascii: "9"))
    private static let words = digits.union(UInt8(ascii: "a")...UInt8(ascii: "z"))
      .union(UInt8(ascii: "A")...UInt8(ascii: "Z")).union([UInt8(ascii: "_")])
    /// What a dot stands for: every byte of a name.
    private static let any = Set(UInt8.min...UInt8.max).subtracting([UInt8(ascii: "\n")])

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard bytes.first == UInt8(ascii: character) else { return false }
      bytes.removeFirst()
      return true
    }

    mutating func alternatives(depth: Int) -> Node? {
      guard depth <= NamePattern.deepest else { return nil }
      var all: [Node] = []
      repeat {
        guard let node = sequence(depth) else { return nil }
        all.append(node)
      } while take("|")
      return all.count == 1 ? all[0] : .either(all)
    }

    private mutating func sequence(_ depth: Int) -> Node? {
      var nodes: [Node] = []
      while let byte = bytes.first, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
        guard let node = atom(depth) else { return nil }
        if take("*") {
          nodes.append(.repeated(node, atLeastOnce: false))
        } else if take("+") {
          nodes.append(.repeated(node, atLeastOnce: true))
        } else if take("?") {
          nodes.append(.optional(node))
        } else {
          nodes.append(node)
        }
        // Lazy and possessive forms, and a repetition of a repetition.
        if let byte = bytes.first, "*+?".utf8.contains(byte) { return nil }
      }
      return .sequence(nodes)
    }

    private mutating func atom(_ depth: Int) -> Node? {
      if take("(") {
        _ = bytes.starts(with: "?:".utf8) ? bytes.removeFirst(2) : ()
        guard let node = alternatives(depth: depth + 1), take(")") else { return nil }
        return node
      }
      if take("[") { return set() }
      if take(".") { return .byte(Self.any) }
      return element().map(Node.byte)
    }

    /// A byte that stands for itself, or the set that an escape stands for.
    private mutating func element() -> Set<UInt8>? {
      guard let byte = bytes.popFirst() else { return nil }
      if Self.words.contains(byte) || byte == UInt8(ascii: "-") { return [byte] }
      guard byte == UInt8(ascii: "\\"), let escaped = bytes.popFirst() else { return nil }
      switch escaped {
      case UInt8(ascii: "d"): return Self.digits
      case UInt8(ascii: "w"): return Self.words
      case UInt8(ascii: "."), UInt8(ascii: "-"): return [escaped]
      default: return nil
      }
    }

    private mutating func set() -> Node? {
      let isInverted = take("^")
      var set: Set<UInt8> = []
      while !take("]") {
        if take(".") {
          set.insert(UInt8(ascii: "."))
          continue
        }
        guard let low = element() else { return nil }
        if low.count == 1, let first = low.first, bytes.first == UInt8(ascii: "-"),
          bytes.dropFirst().first != UInt8(ascii: "]")
        {
          bytes.removeFirst()
          guard let high = element(), high.count == 1, let last = high.first, first <= last else {
            return nil
          }
          set.formUnion(first...last)
        } else {
          set.formUnion(low)
        }
      }
      guard !set.isEmpty else { return nil }
      return .byte(isInverted ? Set(UInt8.min...UInt8.max).subtracting(set) : set)
    }
  }
}
