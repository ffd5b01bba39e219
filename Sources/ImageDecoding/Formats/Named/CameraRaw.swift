extension FileStart {
  /// Canon's older form of a TIFF.
  var isCanonRaw: Bool { begins([0x49, 0x49, 0x2A, 0]) && has("CR", at: 8) }

  var isCameraRaw: Bool {
    isCanonRaw || has("ftypcrx ", at: 4) || begins("FUJIFILMCCD-RAW") || begins("FOVb") || begins("IIRO")
      || begins("IIRS") || begins("MMOR") || begins([0x49, 0x49, 0x55, 0])
  }
}
