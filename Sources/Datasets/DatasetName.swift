import ImageDecoding
import Platform

/// What the names in archives and lists may be.
enum DatasetName {
  static let maximumByteCount = 4_096

  /// Why a name is refused, as a sentence's end; `nil` for one that leads to a file inside the data set and can mean
  /// nothing else.
  static func problem(_ name: String) -> String? {
    let bytes = name.utf8
    if bytes.isEmpty { return "is empty" }
    if bytes.count > maximumByteCount { return "is longer than \(maximumByteCount) bytes" }
    if bytes.contains(0) { return "holds a NUL" }
    if bytes.contains(UInt8(ascii: "\\")) { return "has \"\\\" in it: between folders stands \"/\"" }
    if bytes.first == UInt8(ascii: "/") { return "is absolute: names are relative to the data set" }
    for part in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      if part.isEmpty { return "has a folder without a name in it" }
      if part.elementsEqual("..".utf8) || part.elementsEqual(".".utf8) {
        return "has \"\(Substring(part))\" in it: names go down from the data set's folder only"
      }
    }
    return nil
  }

  private static let imageEndings = Set(ImageFormat.allCases.flatMap(\.fileNameEndings))

  /// Whether a name ends like an image's.
  static func isImage(_ name: String) -> Bool {
    guard let point = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let ending = name.utf8[name.utf8.index(after: point)...]
    return ending.count <= 8 && imageEndings.contains(Substring(ending).lowercased())
  }

  /// Whether a name is hidden, or in a folder that is: those that begin with a point, and what macOS adds to archives.
  static func isHidden(_ name: String) -> Bool {
    name.utf8.split(separator: UInt8(ascii: "/")).contains {
      $0.first == UInt8(ascii: ".") || $0.elementsEqual("__MACOSX".utf8)
    }
  }
}
