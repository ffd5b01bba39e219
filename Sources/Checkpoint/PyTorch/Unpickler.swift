import Platform

/// Reads the pickles that PyTorch writes for a dictionary of tensors, and executes nothing.
///
/// It knows the instructions and the globals that such files have and no others (`Global`); a global stands for
/// itself and is never looked up. Lists, dictionaries and tuples live in `PickleHeap` and refer to each other by
/// number, so that neither cycles nor deep nesting cost more than the bytes that describe them.
struct Unpickler {
  /// Something that a pickle describes.
  enum Value: Equatable {
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer beyond 64 bits: its bytes, least significant first.
    case long([UInt8])
    case number(Double)
    case string(String)
    /// The number of a sequence, a tuple or a list, on the heap.
    case tuple(Int)
    case list(Int)
    /// The number of a dictionary on the heap.
    case dictionary(Int)
    case global(Global)
    /// The number of a storage on the heap.
    case storage(Int)
    /// The number of a tensor on the heap.
    case tensor(Int)
  }

  /// What a pickle may name, and nothing else.
  enum Global: Equatable {
    case orderedDict
    case rebuildTensor
    case rebuildParameter
    case storageType(String)

    init?(module: String, name: String) {
      switch (module, name) {
      case ("collections", "OrderedDict"): self = .orderedDict
      case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
      case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
      case ("torch", _) where PyTorchStorage.dtypes[name] != nil: self = .storageType(name)
      default: return nil
      }
    }
  }

  /// What is wrong with a pickle.
  enum Problem: Error, Equatable {
    /// It goes on after the bytes that there are.
    case cut
    /// It names something that is not allowed.
    case forbiddenGlobal(module: String, name: String)
    /// It cannot be followed, for this reason.
    case invalid(offset: Int, reason: String)
  }

  private let bytes: UnsafeRawBufferPointer
  private let limits: PyTorchFileLimits
  /// The offset of the next instruction; after `run`, of what follows the pickle.
  private(set) var position: Int
  private(set) var heap: PickleHeap
  private var stack: [Value] = []
  private var marks: [Int] = []
  private var memo: [Int: Value] = [:]
  private var valueCount = 0

  /// - Parameters:
  ///   - offset: Where the pickle begins.
  ///   - limits: How many values it may make, and of how many axes a tensor may be.
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int, limits: PyTorchFileLimits) {
    self.bytes = bytes
    self.limits = limits
    position = offset
    heap = PickleHeap()
  }

  /// Follows the pickle to its end.
  mutating func run() throws(Problem) -> Value {
    while true {
      let start = position
      let code = try byte()
      if code == UInt8(ascii: ".") {
        guard stack.count == 1, marks.isEmpty, let value = stack.last else {
          throw invalid("it ends with \(stack.count) values", at: start)
        }
        return value
      }
      try step(code, start)
    }
  }

  private mutating func step(_ code: UInt8, _ start: Int) throws(Problem) {
    switch code {
    case 0x80:  // PROTO
      guard try byte() == 2 else { throw invalid("only protocol 2 is read", at: start) }
    case UInt8(ascii: "c"): try global()
    case UInt8(ascii: "q"): try put(Int(try byte()))
    case UInt8(ascii: "r"): try put(Int(try unsigned(4)))
    case UInt8(ascii: "h"): try get(Int(try byte()))
    case UInt8(ascii: "j"): try get(Int(try unsigned(4)))
    case UInt8(ascii: ")"): try push(.tuple(heap.add([])))
    case UInt8(ascii: "}"): try push(.dictionary(heap.addDictionary()))
    case UInt8(ascii: "]"): try push(.list(heap.add([])))
    case UInt8(ascii: "("):
      try count()
      marks.append(stack.count)
    case UInt8(ascii: "t"): try push(.tuple(heap.add(try popMark())))
    case 0x85...0x87:  // TUPLE1 to TUPLE3
      let items = try pop(Int(code) - 0x84)
      try push(.tuple(heap.add(items)))
    case UInt8(ascii: "X"):
      let count = Int(try unsigned(4))
      try push(.string(try text(count)))
    case UInt8(ascii: "J"): try push(.integer(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
    case UInt8(ascii: "K"): try push(.integer(Int(try byte())))
    case UInt8(ascii: "M"): try push(.integer(Int(try unsigned(2))))
    case 0x8A: try long()
    case UInt8(ascii: "G"):
      try push(.number(Double(bitPattern: try take(8).bigEndianInteger)))
    case 0x88: try push(.bool(true))
    case 0x89: try push(.bool(false))
    case UInt8(ascii: "N"): try push(.none)
    case UInt8(ascii: "Q"): try persistentID(start)
    case UInt8(ascii: "R"): try reduce(start)
    case UInt8(ascii: "b"): try build(start)
    case UInt8(ascii: "s"):
      let items = try pop(2)
      try setItems(items, start)
    case UInt8(ascii: "u"): try setItems(try popMark(), start)
    case UInt8(ascii: "a"): try append(try pop(1), start)
    case UInt8(ascii: "e"): try append(try popMark(), start)
    default: throw invalid("instruction \(code) is none that PyTorch writes", at: start)
    }
  }

  // MARK: Instructions

  private mutating func global() throws(Problem) {
    let (module, name) = (try line(), try line())
    guard let global = Global(module: module, name: name) else {
      throw .forbiddenGlobal(module: module, name: name)
    }
    try push(.global(global))
  }

  private mutating func put(_ index: Int) throws(Problem) {
    guard let value = stack.last else { throw invalid("there is no value to remember") }
    try count()
    memo[index] = value
  }

  private mutating func get(_ index: Int) throws(Problem) {
    guard let value = memo[index] else { throw invalid("value \(index) was never remembered") }
    try push(value)
  }

  private mutating func long() throws(Problem) {
    let count = Int(try byte())
    let digits = try take(count)
    guard digits.count > 8 else {
      // Two's complement of as many bytes as it takes; none is zero.
      let negative = digits.last.map { $0 >= 0x80 } ?? false
      let magnitude = digits.reversed().reduce(negative ? ~UInt64(0) : 0) { $0 << 8 | UInt64($1) }
      return try push(.integer(Int(truncatingIfNeeded: magnitude)))
    }
    try push(.long(Array(digits)))
  }

  private mutating func persistentID(_ start: Int) throws(Problem) {
    guard case .tuple(let number) = try pop(1)[0] else {
      throw invalid("a persistent id is no tuple", at: start)
    }
    guard let storage = PyTorchStorage(heap.sequences[number]) else {
      throw invalid("a persistent id describes no storage", at: start)
    }
    try push(.storage(heap.add(storage)))
  }

  private mutating func reduce(_ start: Int) throws(Problem) {
    let operands = try pop(2)
    guard case .global(let global) = operands[0], case .tuple(let number) = operands[1] else {
      throw invalid("something is called that is no function", at: start)
    }
    let arguments = heap.sequences[number]
    switch global {
    case .orderedDict where arguments.isEmpty: try push(.dictionary(heap.addDictionary()))
    case .rebuildTensor:
      guard let tensor = PyTorchTensor(arguments, heap) else {
        throw invalid("_rebuild_tensor_v2 has unexpected arguments", at: start)
      }
      guard tensor.shape.count <= limits.maximumDimensionCount else {
        throw invalid(
          "a tensor of \(tensor.shape.count) axes; the limit is \(limits.maximumDimensionCount)", at: start)
      }
      // Two texts of a few bytes can name the axes of any number of tensors, each of which keeps its own.
      try count(2 * tensor.shape.count)
      try push(.tensor(heap.add(tensor)))
    case .rebuildParameter:
      guard arguments.count == 3, case .tensor = arguments[0] else {
        throw invalid("_rebuild_parameter has unexpected arguments", at: start)
      }
      try push(arguments[0])
    default: throw invalid("something is called that is no function", at: start)
    }
  }

  /// The attributes of a dictionary, such as the versions of modules, are nothing that we need.
  private mutating func build(_ start: Int) throws(Problem) {
    _ = try pop(1)
    guard case .dictionary = stack.last else {
      throw invalid("attributes are set of something that is no dictionary", at: start)
    }
  }

  private mutating func setItems(_ items: [Value], _ start: Int) throws(Problem) {
    guard case .dictionary(let number) = stack.last, items.count.isMultiple(of: 2) else {
      throw invalid("items are set of something that is no dictionary", at: start)
    }
    for index in stride(from: 0, to: items.count, by: 2) {
      heap.append((items[index], items[index + 1]), toDictionary: number)
    }
  }

  private mutating func append(_ items: [Value], _ start: Int) throws(Problem) {
    guard case .list(let number) = stack.last else {
      throw invalid("items are appended to something that is no list", at: start)
    }
    heap.append(items, toSequence: number)
  }

  // MARK: The stack and the bytes

  private func invalid(_ reason: String, at offset: Int? = nil) -> Problem {
    .invalid(offset: offset ?? position, reason: reason)
  }

  private mutating func count(_ values: Int = 1) throws(Problem) {
    valueCount += values
    guard valueCount <= limits.maximumValueCount else {
      throw invalid("more than \(limits.maximumValueCount) values")
    }
  }

  private mutating func push(_ value: Value) throws(Problem) {
    try count()
    stack.append(value)
  }

  /// The top `count` values, which lie above the last mark.
  private mutating func pop(_ count: Int) throws(Problem) -> [Value] {
    guard stack.count - (marks.last ?? 0) >= count else { throw invalid("the stack is empty") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  /// The values above the last mark, which goes.
  private mutating func popMark() throws(Problem) -> [Value] {
    guard let mark = marks.popLast() else { throw invalid("there is no mark") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func take(_ count: Int) throws(Problem) -> Slice<UnsafeRawBufferPointer> {
    guard count <= bytes.count - position else { throw .cut }
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  private mutating func byte() throws(Problem) -> UInt8 { UInt8(try unsigned(1)) }

  /// A little-endian number.
  private mutating func unsigned(_ count: Int) throws(Problem) -> UInt64 {
    try take(count).littleEndianInteger
  }

  private mutating func text(_ count: Int) throws(Problem) -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw invalid("a text is no UTF-8")
    }
    return text
  }

  /// The text up to the end of the line, which names a module or something in it.
  private mutating func line() throws(Problem) -> String {
    let longest = 1024
    guard let end = bytes[position...].prefix(longest).firstIndex(of: UInt8(ascii: "\n")) else {
      throw bytes.count - position < longest ? .cut : invalid("a name has no end")
    }
    let line = try text(end - position)
    position += 1
    return line
  }
}
