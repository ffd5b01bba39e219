/// The id of a model on the Hub: `organisation/name`, or `name` alone for a few old ones.
struct RepositoryID: Sendable, Equatable {
  let string: String

  /// - Throws: `HubError.invalidRepositoryID`, by the rules of `huggingface_hub`.
  init(_ string: String) throws(HubError) {
    let parts = string.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy(Self.isName), !string.contains("--"),
      !string.contains(".."), !string.hasSuffix(".git")
    else { throw .invalidRepositoryID(string) }
    self.string = string
  }

  private static func isName(_ part: Substring) -> Bool {
    guard (1...96).contains(part.utf8.count), let first = part.utf8.first, let last = part.utf8.last else {
      return false
    }
    func isEdge(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") }
    return part.utf8.allSatisfy(\.isHubNameByte) && !isEdge(first) && !isEdge(last)
  }

  /// The name of its folder in the cache.
  var folderName: String { "models--" + string.replacing("/", with: "--") }
}

/// A branch, a tag or a commit.
struct HubRevision: Sendable, Equatable {
  let string: String

  /// - Throws: `HubError.invalidRevision` for what could lead out of the folder `refs`.
  init(_ string: String) throws(HubError) {
    let parts = string.split(separator: "/", omittingEmptySubsequences: false)
    let forbidden = string.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F || $0 == "\\" }
    guard !forbidden, string.utf8.count <= 255, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
    else { throw .invalidRevision(string) }
    self.string = string
  }

  /// Whether this is the hash of a commit.
  var isCommit: Bool { string.isHexadecimal(40) }
}

extension String {
  /// Whether this is a number of so many lower-case hexadecimal digits.
  func isHexadecimal(_ count: Int) -> Bool {
    utf8.count == count
      && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// Whether this names a file in a repository, in its folders or not, and nothing outside.
  var isRepositoryFile: Bool {
    let parts = split(separator: "/", omittingEmptySubsequences: false)
    return utf8.count <= 1024
      && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }
      && !utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: ":") }
  }

  /// Whether this can be the name of a file in `blobs`.
  var isETag: Bool {
    (1...128).contains(utf8.count) && utf8.allSatisfy(\.isHubNameByte) && utf8.first != UInt8(ascii: ".")
  }

  /// Every byte escaped but letters, digits and `-._~`, and those of `safe`.
  func percentEncoded(keeping safe: String = "") -> String {
    var text = ""
    for byte in utf8 {
      if byte.isHubNameByte || byte == UInt8(ascii: "~") || safe.utf8.contains(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }
}

extension UInt8 {
  /// A letter, a digit, or one of `-._`.
  fileprivate var isHubNameByte: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}
