import Foundation
import ModelService

/// An address of an image on the Web, in the one spelling that this program and libcurl read alike: that two parsers may find two
/// hosts in one text is how such checks are got around.
struct ImageURL: Sendable, Equatable {
  enum Scheme: String, Sendable { case http, https }

  let scheme: Scheme
  /// In small letters.
  let host: String
  let port: Int
  /// The path and the query.
  let target: String

  var text: String { "\(scheme.rawValue)://\(host):\(port)\(target)" }

  /// - Throws: `ServiceFailure.invalid`.
  init(_ text: String) throws(ServiceFailure) {
    guard text.utf8.count <= 2048,
      text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") })
    else { throw .invalid("the URL has characters that have to be escaped, or more than 2,048") }
    guard let colon = text.range(of: "://"),
      let scheme = Scheme(rawValue: text[..<colon.lowerBound].lowercased())
    else { throw .invalid("the URL begins with neither http:// nor https://") }
    self.scheme = scheme
    let rest = text[colon.upperBound...].prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let tail = rest[authority.endIndex...]
    target = tail.first == "/" ? String(tail) : "/" + tail
    let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let host = parts.first?.lowercased(), Self.isName(host) else {
      throw .invalid("the URL's host is not a name of letters, digits, hyphens and dots")
    }
    self.host = host
    if parts.count == 2 {
      guard let port = UInt16(parts[1]), port > 0 else { throw .invalid("the URL's port is no number") }
      self.port = Int(port)
    } else {
      port = scheme == .https ? 443 : 80
    }
  }

  /// Numbers are no names: there are many ways to write an address, and readers differ in them.
  private static func isName(_ host: String) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return host.utf8.count <= 253
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
          }
      } && labels.last?.contains(where: \.isLetter) == true && labels.last?.hasPrefix("0x") == false
  }
}
