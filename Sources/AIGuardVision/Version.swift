/// The version of this library, as results carry it.
public enum AIGuardVisionVersion {
  /// Semantic version.
  public static let current = "0.1.0"
}
