/// One thing that a file says of its origin, and what that is worth.
public struct OriginStatement: Sendable, Hashable, Codable {
  /// What is said of the image.
  public enum Claim: String, Sendable, Codable, CaseIterable {
    /// A generative model made it.
    case generated
    /// A generative model changed or extended a part of it.
    case partlyGenerated
    /// Parts of it may be generated.
    case mayContainGenerated
    /// It was sampled from reality: camera, scanner.
    case captured
    /// It was edited, resized or saved again since it was captured.
    case edited
    /// It was drawn, computed or recorded without a generative model.
    case otherwiseMade
    /// It passed through a generator's program or host, which says nothing of what was done there.
    case passedThroughGenerator
    /// A credential about it stands elsewhere, and was not looked up.
    case credentialElsewhere
  }

  /// Whose word it is.
  public enum Standing: String, Sendable, Codable, CaseIterable {
    /// A signer that a trust anchor vouches for, about these very bytes.
    case trustedCredential
    /// A signer whom nobody vouches for, about these very bytes.
    case validCredential
    /// A generator, by its own key, which this library knows, about these very pixels.
    case generatorsSignature
    /// Anybody: such text can be written and removed by everyone.
    case unsigned
  }

  /// How much it weighs, from the strongest.
  public enum Strength: String, Sendable, Codable, CaseIterable, Comparable {
    case conclusive, strong, moderate, weak, none

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Whether the left one is weaker.
    public static func < (left: Self, right: Self) -> Bool { left.rank > right.rank }
  }

  /// Whether a forger who passes an image off as a photograph would want it there.
  public enum Direction: String, Sendable, Codable, CaseIterable {
    /// It harms such a forger, and is rarely planted; but it may be, to discredit a photograph.
    case againstInterest
    /// It serves such a forger.
    case inInterest
    /// Neither.
    case neutral

    /// What it means, for a person.
    public var explanation: String {
      switch self {
      case .againstInterest: "Against a forger's interest."
      case .inInterest: "In a forger's interest."
      case .neutral: "Neither for nor against a forger."
      }
    }
  }

  /// What is said.
  public let claim: Claim
  /// Whose word it is.
  public let standing: Standing
  /// How much it weighs.
  public let strength: Strength
  /// Whom it serves.
  public let direction: Direction
  /// Where it stands, escaped.
  public let source: String
  /// The statement in words, escaped: what the file says, never what is so.
  public let text: String
  /// How it could be forged or stripped.
  public let caveat: String
}
