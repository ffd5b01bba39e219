import JSONText
import Platform

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What was classified, with what and with which result, so that somebody else can do it again and say where it first
/// differs. `Docs/Receipts.md` says how each hash is formed; all are SHA-256 in lower-case hexadecimal.
public struct Receipt: Codable, Sendable, Equatable {
  /// The file as it was given.
  public struct File: Codable, Sendable, Equatable {
    /// Of its bytes.
    public var sha256: String
    /// How many there are.
    public var byteCount: Int
  }

  /// The decoded image.
  public struct Image: Codable, Sendable, Equatable {
    /// The format, by its content.
    public var format: String
    /// The mode that Pillow reports.
    public var mode: String
    /// The pixels in a row, as stored.
    public var width: Int
    /// The rows.
    public var height: Int
    /// Of the 8-bit RGB rows as stored, transparent pixels as the image processor wants them.
    public var sha256: String
  }

  /// The network's input.
  public struct PixelValues: Codable, Sendable, Equatable {
    /// [1, channels, height, width].
    public var shape: [Int]
    /// Of the float32 values in that order, little-endian.
    public var sha256: String
  }

  /// The model.
  public struct Model: Codable, Sendable, Equatable {
    /// Its name: no proof of anything.
    public var id: String
    /// Of the weights: `ModelIdentity.sha256`.
    public var sha256: String
    /// Of `config.json` as Python's `json.dumps(..., indent=2, sort_keys=True)` writes what stands in it, with a line end.
    public var configurationSHA256: String
    /// Of the image processor's configuration, written so, with every default that it takes.
    public var preprocessorSHA256: String
    /// Of what `calibration.json` says, written so; `nil` where there is none.
    public var calibrationSHA256: String?
    /// The labels that whoever loaded the model named as "generated"; `nil` where the model's own files say it.
    public var generatedLabels: [String]?
  }

  /// What was asked of the library.
  public struct Settings: Codable, Sendable, Equatable {
    /// The reference whose pixel values were reproduced.
    public var profile: PreprocessingProfile
    /// How the stored image was turned into the input.
    public var policy: InputPolicy
    /// The arithmetic of the matrix products.
    public var precision: Precision
  }

  /// What computed it.
  public struct Software: Codable, Sendable, Equatable {
    /// The version of this library.
    public var version: String
    /// The instruction set of the kernels.
    public var kernels: KernelLevel
    /// The library that decodes each format, by the format's name.
    public var codecs: [String: String]
  }

  /// The result.
  public struct Outcome: Codable, Sendable, Equatable {
    /// The labels in the model's order.
    public var labels: [String]
    /// The network's output for each of them.
    public var logits: [Float]
    /// The log-odds of P(AI); `nil` where it is not known which labels mean that.
    public var generatedLogOdds: Double?
    /// `real`, `fake` or `unsure`; `nil` of a model without a calibration.
    public var verdict: String?
    /// The kinds of the reasons of `unsure`.
    public var unsureReasons: [String]?
    /// P(AI) as calibrated, where it means something.
    public var calibratedScore: Double?
  }

  /// The version of this form.
  public var receiptVersion: Int
  /// When it was made, by the clock of the machine that made it: RFC 3339 in UTC, to the second.
  public var time: String
  /// The file.
  public var file: File
  /// The decoded image.
  public var image: Image
  /// The network's input.
  public var pixelValues: PixelValues
  /// The model.
  public var model: Model
  /// What was asked for.
  public var settings: Settings
  /// What computed it.
  public var software: Software
  /// The result.
  public var outcome: Outcome
  /// Of what the file says of its own origin (`EvidenceReport`, read at `time` with no anchors), as canonical JSON; `nil` of a
  /// library that was built without the trait `Evidence`.
  public var evidenceSHA256: String?

  /// The one version that there is.
  public static let currentVersion = 1
}

extension Receipt {
  /// The receipt as canonical JSON (RFC 8785): what is hashed and signed.
  ///
  /// - Throws: `ReceiptError.invalid` for a number that is not finite.
  public var canonicalText: String {
    get throws {
      do { return try Self.canonicalText(of: self) } catch {
        throw ReceiptError.invalid(reason: "\(error)")
      }
    }
  }

  /// A value as canonical JSON.
  static func canonicalText(of value: some Encodable) throws -> String {
    try JSONValue(parsing: Array(JSONEncoder().encode(value))).canonicalText()
  }
}

/// Why a receipt is none, or not what it seems.
public enum ReceiptError: ClassificationFailure, Sendable, Equatable, CustomStringConvertible {
  /// The text is no receipt, and why.
  case invalid(reason: String)
  /// A form of another version of this library.
  case unknownVersion(Int)
  /// What it says is not what was hashed: it was changed, or damaged.
  case changed(recorded: String, found: String)
  /// The signature is not of this receipt by the key that it names.
  case badSignature
  /// It is signed by another key than the one that was asked for, in hexadecimal.
  case otherSigner(expected: String, found: String)
  /// A signature was asked for, and there is none.
  case notSigned
  /// The classifier is set otherwise than that of the receipt.
  case otherSetting(name: String, recorded: String, found: String)

  /// `invalid-receipt` for a text that is none or was changed, `signature` for what is wrong with the signature,
  /// `invalid-argument` for a classifier that is set otherwise.
  public var kind: String {
    switch self {
    case .invalid, .unknownVersion, .changed: "invalid-receipt"
    case .badSignature, .otherSigner, .notSigned: "signature"
    case .otherSetting: "invalid-argument"
    }
  }

  /// 400: what was given is to blame.
  public var httpStatus: Int { 400 }

  /// One line for a person: what is wrong.
  public var description: String {
    switch self {
    case .invalid(let reason): "not a receipt: \(reason.printable)"
    case .unknownVersion(let version):
      "a receipt of version \(version), and the only one that is known is \(Receipt.currentVersion)"
    case .changed(let recorded, let found):
      "the receipt was changed after it was made: its SHA-256 is \(found), and it says \(recorded.printable)"
    case .badSignature: "the signature is not of this receipt by the key that stands beside it"
    case .otherSigner(let expected, let found): "signed by the key \(found), and not by \(expected)"
    case .notSigned: "the receipt is not signed"
    case .otherSetting(let name, let recorded, let found):
      "\(name) is \(found), and \(recorded) in the receipt: load the model with what the receipt says"
    }
  }
}
