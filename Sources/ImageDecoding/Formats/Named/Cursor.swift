extension FileStart {
  /// A directory of cursors whose first one lies in the file. (Targa begins alike, with a count of none.)
  var isCursor: Bool {
    guard let cursors = bytes.integer(at: 4, bytes: 2, .little), cursors > 0,
      let offset = bytes.integer(at: 18, bytes: 4, .little)
    else { return false }
    return offset >= 6 + 16 * cursors && offset < count
  }
}
