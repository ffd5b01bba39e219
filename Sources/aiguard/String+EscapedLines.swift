#if CLI
  import Platform

  extension String {
    /// As `escaped`, for messages of several lines.
    var escapedLines: String {
      split(separator: "\n", omittingEmptySubsequences: false).map { String($0).escaped }
        .joined(separator: "\n")
    }
  }
#endif
