/// Why the kernel level that the environment asks for cannot be had.
public enum KernelLevelError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The value is not the name of a level.
  case unknown(String)
  /// The CPU does not have the level.
  case unavailable(KernelLevel, best: KernelLevel)

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .unknown(let name):
      "\(KernelLevel.environmentVariable)=\(name): use one of "
        + KernelLevel.allCases.map(\.rawValue).joined(separator: ", ")
    case .unavailable(let level, let best):
      "\(KernelLevel.environmentVariable)=\(level.rawValue): this CPU goes up to \(best.rawValue)"
    }
  }
}
