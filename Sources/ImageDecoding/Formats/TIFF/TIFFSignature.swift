extension FileStart {
  /// TIFF, in either byte order or with them mixed up, which Pillow reads, and BigTIFF.
  var isTIFF: Bool {
    let marks: [[UInt8]] = [
      [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0, 0x2A], [0x4D, 0x4D, 0x2A, 0],
      [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B],
    ]
    return marks.contains { begins($0) }
  }
}
