#if CLI
  import Platform

  extension String {
    /// As `escaped`, for messages of several lines.
    var escapedLines: String {
      split(separator: "\n", omittingEmptySubsequences: false).map { String($0).escaped }
        .joined(separator: "\n")
    }
  }

  extension String {
    /// With spaces behind it, for a column of `width` characters.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  }

  /// A number of bytes in megabytes, with one decimal.
  func megabytes(_ byteCount: Int) -> String {
    let tenths = Int((Double(byteCount) / 100_000).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
#endif
