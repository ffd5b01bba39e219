import Platform

extension ImageDataset {
  /// The SHA-256, in lower-case hexadecimal, of a text that says which images with which labels these are: for a model
  /// card, a recipe, a calibration.
  ///
  /// The text is UTF-8: the line `image list 1`, then for each image in the order of `records` a line of name, label,
  /// split and source with a tab between two, and with content a fifth, the file's SHA-256. A split or source that an
  /// image does not have is empty. In the fields `\`, tab, LF and CR are `\\`, `\t`, `\n` and `\r`. Every line ends with
  /// LF. Where the data set lies, and whether it is a folder or an archive, does not matter.
  ///
  /// - Parameter withContent: Whether the files' bytes are part of it: then all of them are read.
  /// - Throws: `DatasetError`, as `bytes(of:)`.
  public func listHash(withContent: Bool = false) throws(DatasetError) -> String {
    var text = Array("image list 1\n".utf8)
    for record in records {
      for (index, field) in [record.name, record.label, record.split ?? "", record.source ?? ""].enumerated()
      {
        if index > 0 { text.append(UInt8(ascii: "\t")) }
        Self.append(field, to: &text)
      }
      if withContent {
        text.append(UInt8(ascii: "\t"))
        text += try contentHash(of: record).utf8
      }
      text.append(UInt8(ascii: "\n"))
    }
    return try Self.hash(of: text)
  }

  /// The SHA-256 of an image's file, in lower-case hexadecimal.
  ///
  /// - Throws: `DatasetError`, as `bytes(of:)`.
  public func contentHash(of record: ImageRecord) throws(DatasetError) -> String {
    try Self.hash(of: bytes(of: record))
  }

  private static func append(_ field: String, to text: inout [UInt8]) {
    for byte in field.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): text += Array("\\\\".utf8)
      case UInt8(ascii: "\t"): text += Array("\\t".utf8)
      case UInt8(ascii: "\n"): text += Array("\\n".utf8)
      case UInt8(ascii: "\r"): text += Array("\\r".utf8)
      default: text.append(byte)
      }
    }
  }

  private static func hash(of bytes: [UInt8]) throws(DatasetError) -> String {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(DigestError) in try SHA256.hexadecimal(of: bytes) }
    }
    do throws(DigestError) { return try result.get() } catch { throw .digest(error) }
  }
}
