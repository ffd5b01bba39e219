/// A pattern of module names in `rank_pattern` and `alpha_pattern` of an adapter: the part of Python's regular expressions
/// that such patterns are made of.
///
/// Letters, digits, `_`, `-`, `.`, `\.`, `\d`, `\w`, sets such as `[0-9]` and `[^ab]`, groups, `|`, and `*`, `+`, `?`. Matching
/// goes once through the name with all the places in the pattern that can be reached, so that it takes no longer than
/// one length times the other, whatever the pattern.
struct NamePattern: Sendable {
  private indirect enum Node: Sendable {
    case byte(Set<UInt8>)
    case sequence([Node])
    case either([Node])
    case repeated(Node, atLeastOnce: Bool)
    case optional(Node)
  }

  private enum Step: Sendable {
    /// One byte of the name, and on to the next step.
    case byte(Set<UInt8>)
    /// On to both.
    case split(Int, Int)
    case jump(Int)
  }

  /// Its end is what comes after the last step.
  private var steps: [Step] = []
  /// Whether every match has one length: a name without repetitions and choices.
  private(set) var isFixed = true

  /// What is longer is no name of a module.
  private static let longest = 256
  private static let deepest = 16

  /// - Returns: `nil` for a pattern with anything else in it.
  init?(_ pattern: String) {
    guard pattern.utf8.count <= Self.longest else { return nil }
    var parser = Parser(bytes: Array(pattern.utf8)[...])
    guard let root = parser.alternatives(depth: 0), parser.bytes.isEmpty else { return nil }
    add(root)
  }

  private mutating func add(_ node: Node) {
    switch node {
    case .byte(let set): steps.append(.byte(set))
    case .sequence(let nodes): for node in nodes { add(node) }
    case .either(let nodes): add(either: nodes)
    case .optional(let node):
      let split = placeholder()
      add(node)
      steps[split] = .split(split + 1, steps.count)
    case .repeated(let node, atLeastOnce: false):
      let split = placeholder()
      add(node)
      steps.append(.jump(split))
      steps[split] = .split(split + 1, steps.count)
    case .repeated(let node, atLeastOnce: true):
      isFixed = false
      let start = steps.count
      add(node)
      steps.append(.split(start, steps.count + 1))
    }
  }

  private mutating func add(either nodes: [Node]) {
    var jumps: [Int] = []
    for node in nodes.dropLast() {
      let split = placeholder()
      add(node)
      jumps.append(placeholder())
      steps[split] = .split(split + 1, steps.count)
    }
    if let last = nodes.last { add(last) }
    for jump in jumps { steps[jump] = .jump(steps.count) }
  }

  private mutating func placeholder() -> Int {
    isFixed = false
    steps.append(.jump(0))
    return steps.count - 1
  }

  /// Whether a module is meant: `re.match(rf"(.*\.)?({pattern})$", name)`.
  func matches(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.count <= Self.longest else { return false }
    if isFixed { return matchesEnd(of: bytes) }
    var places = Places(steps)
    places.reach(0)
    for byte in bytes {
      var next = Places(steps)
      for place in places.inOrder {
        if place < steps.count, case .byte(let set) = steps[place], set.contains(byte) {
          next.reach(place + 1)
        }
      }
      // A match may begin behind each dot.
      if byte == UInt8(ascii: ".") { next.reach(0) }
      places = next
    }
    return places.inOrder.contains(steps.count)
  }

  private func matchesEnd(of bytes: [UInt8]) -> Bool {
    let start = bytes.count - steps.count
    guard start == 0 || start > 0 && bytes[start - 1] == UInt8(ascii: ".") else { return false }
    return zip(steps, bytes[start...]).allSatisfy { step, byte in
      if case .byte(let set) = step { set.contains(byte) } else { false }
    }
  }

  /// The places in the pattern that can be reached, each once.
  private struct Places {
    private let steps: [Step]
    private var isReached: [Bool]
    private(set) var inOrder: [Int] = []

    init(_ steps: [Step]) {
      self.steps = steps
      isReached = [Bool](repeating: false, count: steps.count + 1)
    }

    mutating func reach(_ place: Int) {
      var open = [place]
      while let place = open.popLast() {
        guard !isReached[place] else { continue }
        isReached[place] = true
        inOrder.append(place)
        guard place < steps.count else { continue }
        switch steps[place] {
        case .byte: break
        case .jump(let target): open.append(target)
        case .split(let first, let second): open += [second, first]
        }
      }
    }
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
