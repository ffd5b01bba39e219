#if CLI
  import Platform

  /// What a path leads to, links followed.
  enum FileKind: Equatable {
    case folder
    case file
    /// A pipe, a device or a socket.
    case other
    case missing
    /// The system would not say, for this reason.
    case unknown(code: Int32)

    init(of path: String) {
      guard let name = path.systemPath else {
        self = .missing
        return
      }
      var status = stat()
      guard stat(name, &status) == 0 else {
        self = errno == ENOENT || errno == ENOTDIR ? .missing : .unknown(code: errno)
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: self = .folder
      case S_IFREG: self = .file
      default: self = .other
      }
    }
  }
#endif
