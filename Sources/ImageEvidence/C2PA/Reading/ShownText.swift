internal import Platform

extension String {
  /// A name out of a file as it may stand in an explanation: escaped, and cut.
  var shown: String {
    let head = prefix(80)
    return "\"\(String(head).printable)\(head.endIndex == endIndex ? "" : "...")\""
  }
}
