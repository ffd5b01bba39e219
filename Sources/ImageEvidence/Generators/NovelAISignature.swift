internal import ImageDecoding
internal import JSONText
internal import Platform

/// NovelAI's signature over decoded pixels and the text beside them: the one that plain text of a generator has and that can
/// be checked without a network. It says that NovelAI made these pixels, and outlives every change of metadata but none of
/// pixels.
enum NovelAISignature {
  enum Outcome {
    case good
    /// Pixels or text were changed, or another key signed.
    case bad
    /// It could not be checked, and why.
    case notChecked(String)
  }

  /// As NovelAI publishes it.
  private static let publicKey = Base64.decode("Y2JcQAOhLwzwSDUJPNgL04nS0Tbqm7cSRc4xk0vRMic=") ?? []

  /// Checks the signature that stands in `comment` under `signed_hash`.
  ///
  /// - Parameters:
  ///   - comment: The object of JSON as NovelAI writes it; what is signed is all of it but that member, to the byte.
  ///   - imageBytes: The file. Its pixels are signed as they are stored, without colour management and without alpha.
  static func check(_ comment: String, _ imageBytes: UnsafeRawBufferPointer) -> Outcome {
    guard let (text, value) = split(Array(comment.utf8)), let signature = Base64.decode(value) else {
      return .notChecked("its text is not of a form that is signed")
    }
    let key: Ed25519PublicKey
    do throws(SigningKeyError) { key = try Ed25519PublicKey(bytes: publicKey) } catch {
      return .notChecked("\(error)")
    }
    do {
      let image = try ImageDecoder.decode(imageBytes).image
      let message = image.withUnsafeBytes { Array($0) } + text
      return key.verifies(signature, of: message) ? .good : .bad
    } catch {
      return .notChecked("its pixels could not be decoded: \(error)")
    }
  }

  /// The text without its outermost member `signed_hash`, and that member's value; `nil` where there is none, or no string.
  ///
  /// By bytes, because a prompt may have the same words.
  static func split(_ text: [UInt8]) -> (rest: [UInt8], value: String)? {
    let (quote, escape) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
    var depth = 0
    /// Where the member before ended, or the object began.
    var start = 0
    var index = 0
    var key: Range<Int>?
    while index < text.count {
      switch text[index] {
      case quote:
        let first = index + 1
        index = first
        while index < text.count, text[index] != quote { index += text[index] == escape ? 2 : 1 }
        guard index < text.count else { return nil }
        guard depth == 1 else { break }
        if let name = key {
          if text[name].elementsEqual("signed_hash".utf8) {
            let value = String(decoding: text[first..<index], as: UTF8.self)
            return (Array(text[..<start] + text[(index + 1)...]), value)
          }
          key = nil
        } else {
          key = first..<index
        }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        if depth == 1 { start = index + 1 }
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ",") where depth == 1: (start, key) = (index, nil)
      default: break
      }
      index += 1
    }
    return nil
  }
}
