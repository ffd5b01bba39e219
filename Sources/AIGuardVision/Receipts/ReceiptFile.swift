import JSONText
import Platform

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A receipt with the SHA-256 of its canonical JSON, and a signature where it was signed: what is kept in a file.
public struct ReceiptFile: Sendable, Equatable {
  /// A signature of Ed25519 over the UTF-8 of the canonical JSON. That it fits says that nothing was changed by anybody
  /// without the key; whose key that is has to be known from elsewhere.
  public struct Signature: Sendable, Equatable {
    /// The key that verifies it.
    public let publicKey: Ed25519PublicKey
    /// 64 bytes.
    public let bytes: [UInt8]
  }

  /// What it is about.
  public let receipt: Receipt
  /// Of the receipt's canonical JSON.
  public let sha256: String
  /// By whom it was signed; `nil` where it was not.
  public let signature: Signature?
  private let canonicalText: String

  /// Completes a receipt.
  ///
  /// - Parameters:
  ///   - receipt: What it is about.
  ///   - key: Signs it; `nil` for no signature.
  /// - Throws: `ReceiptError`, `SigningKeyError`, `DigestError`.
  public init(_ receipt: Receipt, signedWith key: Ed25519PrivateKey? = nil) throws {
    self.receipt = receipt
    canonicalText = try receipt.canonicalText
    sha256 = try SHA256.hexadecimal(ofText: canonicalText)
    let text = Array(canonicalText.utf8)
    signature = try key.map { try Signature(publicKey: $0.publicKey, bytes: $0.signature(of: text)) }
  }

  /// The largest file that is read, in bytes.
  public static let maximumByteCount = 16_000_000

  /// Reads a receipt, and checks its hash and, where it has one, its signature. White space and the order of members do not
  /// matter; a member that is not known is refused, because it might change what the others mean.
  ///
  /// - Throws: `ReceiptError`, `DigestError`.
  public init(contents: [UInt8]) throws {
    let object: JSONObject
    do {
      let options = JSONParsingOptions(maximumByteCount: Self.maximumByteCount)
      guard let found = try JSONValue(parsing: contents, options: options).objectValue else {
        throw ReceiptError.invalid(reason: "it is no JSON object")
      }
      object = found
    } catch let error as JSONError { throw ReceiptError.invalid(reason: "\(error)") }
    let fields = JSONFields(object) { key, expected, found in
      ReceiptError.invalid(reason: "\(key) must be \(expected)" + (found.map { ", and is \($0)" } ?? ""))
    }
    try Self.check(object, known: ["receipt", "sha256", "signature"])
    let body = JSONValue.object(try fields.required("receipt", .object))
    let recorded = try fields.required("sha256", .string)
    do throws(JSONCanonicalError) { canonicalText = try body.canonicalText() } catch {
      throw ReceiptError.invalid(reason: "\(error)")
    }
    sha256 = try SHA256.hexadecimal(ofText: canonicalText)
    guard sha256 == recorded else { throw ReceiptError.changed(recorded: recorded, found: sha256) }
    receipt = try Self.receipt(body, canonicalText)
    signature = try Self.signature(fields)
    if let signature, !signature.publicKey.verifies(signature.bytes, of: Array(canonicalText.utf8)) {
      throw ReceiptError.badSignature
    }
  }

  /// What the file consists of: canonical JSON, and a line end.
  public var text: String {
    let signed = signature.map {
      #","signature":{"algorithm":"Ed25519","publicKey":"\#($0.publicKey.bytes.hexadecimal)","value":"\#($0.bytes.hexadecimal)"}"#
    }
    return #"{"receipt":\#(canonicalText),"sha256":"\#(sha256)"\#(signed ?? "")}"# + "\n"
  }

  /// Checks that the receipt is signed by a key.
  ///
  /// - Throws: `ReceiptError.notSigned`, `.otherSigner`.
  public func check(signedBy key: Ed25519PublicKey) throws(ReceiptError) {
    guard let signature else { throw .notSigned }
    guard signature.publicKey == key else {
      throw .otherSigner(expected: key.bytes.hexadecimal, found: signature.publicKey.bytes.hexadecimal)
    }
  }

  private static func receipt(_ body: JSONValue, _ canonicalText: String) throws -> Receipt {
    if let version = body.objectValue?["receiptVersion"]?.integerValue, version != Receipt.currentVersion {
      throw ReceiptError.unknownVersion(version)
    }
    let receipt: Receipt
    do { receipt = try JSONDecoder().decode(Receipt.self, from: Data(canonicalText.utf8)) } catch {
      throw ReceiptError.invalid(reason: reason(error))
    }
    // What was not understood does not come back.
    guard try receipt.canonicalText == canonicalText else {
      throw ReceiptError.invalid(reason: "it has members, or numbers, that a receipt does not have")
    }
    guard receipt.outcome.logits.count == receipt.outcome.labels.count else {
      throw ReceiptError.invalid(reason: "it has not as many logits as labels")
    }
    return receipt
  }

  private static func reason(_ error: any Error) -> String {
    func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
      (context.codingPath + (key.map { [$0] } ?? [])).map(\.stringValue).joined(separator: ".")
    }
    return switch error {
    case DecodingError.keyNotFound(let key, let context): "\(path(context, key)) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      "\(path(context)) is no value that it can have"
    default: "\(error)"
    }
  }

  private static func signature(_ fields: JSONFields<ReceiptError>) throws -> Signature? {
    guard let object = try fields.value("signature", .object) else { return nil }
    try check(object, known: ["algorithm", "publicKey", "value"])
    let parts = JSONFields(object, prefix: "signature.") { key, expected, _ in
      ReceiptError.invalid(reason: "\(key) must be \(expected)")
    }
    guard try parts.required("algorithm", .string) == "Ed25519" else {
      throw ReceiptError.invalid(reason: "signature.algorithm is not Ed25519, the only one that is known")
    }
    func bytes(_ key: String, _ count: Int) throws(ReceiptError) -> [UInt8] {
      guard let bytes = [UInt8](hexadecimal: try parts.required(key, .string)), bytes.count == count else {
        throw .invalid(reason: "signature.\(key) must be \(2 * count) hexadecimal digits")
      }
      return bytes
    }
    return Signature(
      publicKey: try Ed25519PublicKey(bytes: bytes("publicKey", 32)), bytes: try bytes("value", 64))
  }

  private static func check(_ object: JSONObject, known: [String]) throws(ReceiptError) {
    if let key = object.duplicateKeys.first { throw .invalid(reason: "\(key.printable) is there twice") }
    if let other = object.members.first(where: { !known.contains($0.key) }) {
      throw .invalid(reason: "\(other.key.printable) is not known")
    }
  }
}
