extension FileStart {
  /// One of four versions, of the run-length coding.
  var isPaintbrush: Bool {
    begins([0x0A]) && bytes.count > 2 && [0, 2, 3, 5].contains(bytes[1]) && bytes[2] == 1
  }
}
