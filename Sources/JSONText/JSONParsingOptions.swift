/// How strict the parser is, and how much it is willing to build.
public struct JSONParsingOptions: Sendable, Equatable {
  /// How many arrays and objects may lie inside each other.
  public var maximumDepth: Int
  /// The longest text in bytes.
  public var maximumByteCount: Int
  /// The most values, members' values included, that a document may hold. It bounds the memory of the
  /// result, which can be several times the text.
  public var maximumValueCount: Int
  /// Whether numbers follow Python's `json`: `NaN`, `Infinity` and `-Infinity` are numbers, a number too
  /// large for a `Double` is infinite, and `-0` is the integer 0. Otherwise the first two are errors and
  /// `-0` is the floating-point number, as in `serde_json`.
  public var numbersFollowPython: Bool

  /// Makes options; the defaults are those of `strict`.
  public init(
    maximumDepth: Int = 127, maximumByteCount: Int = 100_000_000, maximumValueCount: Int = 10_000_000,
    numbersFollowPython: Bool = false
  ) {
    self.maximumDepth = maximumDepth
    self.maximumByteCount = maximumByteCount
    self.maximumValueCount = maximumValueCount
    self.numbersFollowPython = numbersFollowPython
  }

  /// JSON as RFC 8259 has it, nested as deep as `serde_json` goes (127 levels): safetensors headers.
  public static let strict = JSONParsingOptions()
  /// JSON as Python's `json` reads it, at most 16 MB: `config.json` and its kin.
  public static let python = JSONParsingOptions(maximumByteCount: 16_000_000, numbersFollowPython: true)
}
