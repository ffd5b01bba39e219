#if CLI
  extension String {
    /// This string as one line of text for people: what would steer the terminal or break the line is escaped.
    ///
    /// `printable` does that too and also cuts, which file names are spared: a path is there to be copied.
    var escaped: String {
      var text = ""
      for scalar in unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: text += scalar.escaped(asASCII: true)
        default: text.unicodeScalars.append(scalar)
        }
      }
      return text
    }

    /// As `escaped`, for messages of several lines.
    var escapedLines: String {
      split(separator: "\n", omittingEmptySubsequences: false).map { String($0).escaped }
        .joined(separator: "\n")
    }
  }
#endif
