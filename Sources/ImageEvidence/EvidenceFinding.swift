internal import Platform

/// Something about a file's metadata that a reader should know and that is no statement of origin: a part that is
/// damaged, was not read, or contradicts another.
public struct EvidenceFinding: Sendable, Hashable, Codable {
  /// What kind of finding it is.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// A part of the file is not built as its format has it.
    case damaged
    /// A part exceeds a limit, and was not read.
    case limitExceeded
    /// A part was not read for another reason, which the text names.
    case notRead
    /// Two parts say different things, or a part stands where none belongs.
    case contradiction
    /// A remarkable part, without judgement.
    case note
  }

  /// What kind of finding it is.
  public let kind: Kind
  /// Where: container and part, such as `PNG zTXt "parameters"`. Escaped, one line.
  public let place: String
  /// What was found there, in words. Escaped, one line.
  public let text: String

  /// Makes a finding; what would steer a terminal or break the line is escaped, and long texts are cut.
  public init(_ kind: Kind, at place: String, _ text: String) {
    self.kind = kind
    self.place = place.printable
    self.text = text.printable
  }
}
