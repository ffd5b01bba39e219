extension String {
  /// This string as one line of text for people, whole: what would steer the terminal or break the line is
  /// escaped.
  package var escaped: String {
    var text = ""
    for scalar in showingPathBytes.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: text += scalar.escaped(asASCII: true)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// As `escaped`, and cut after 200 characters, so that names out of files cannot flood a terminal.
  package var printable: String {
    let head = prefix(200)
    return head.endIndex == endIndex ? escaped : String(head).escaped + "..."
  }
}
