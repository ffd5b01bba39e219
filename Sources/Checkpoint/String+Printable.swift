extension String {
  /// This string as a message may show it: control characters escaped, so that a file's names cannot steer a
  /// terminal, and cut after 200 characters, so that they cannot flood it.
  package var printable: String {
    let head = prefix(200)
    var text = ""
    for scalar in head.unicodeScalars {
      let isControl =
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
      text += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return head.endIndex == endIndex ? text : text + "..."
  }
}
