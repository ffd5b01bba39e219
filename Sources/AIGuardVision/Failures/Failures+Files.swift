import Platform

extension FileError: ClassificationFailure {
  /// `unreadable-file`.
  public var kind: String { "unreadable-file" }

  /// 404 where there is no such file, 403 where it may not be read, 400 where it is none that can be, 413 where it is too
  /// large; 503 where the system lacks memory or descriptors, else 500.
  public var httpStatus: Int {
    switch reason {
    case .system(_, let code):
      switch code {
      case ENOENT, ENOTDIR: 404
      case EACCES, EPERM: 403
      case EISDIR, ELOOP, ENAMETOOLONG: 400
      case EMFILE, ENFILE, ENOMEM: 503
      default: 500
      }
    case .notARegularFile, .invalidPath: 400
    case .tooLarge: 413
    case .outOfMemory: 503
    case .truncated: 500
    }
  }
}

extension SigningKeyError: ClassificationFailure {
  /// `signing-key`.
  public var kind: String { "signing-key" }

  /// 500 where libcrypto refused, else 400: the key that was given is to blame.
  public var httpStatus: Int { self == .refused ? 500 : 400 }
}
