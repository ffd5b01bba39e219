/// The little of CBOR that is written here: what signatures and time-stamps are made over.
package enum CBORWriter {
  package static func head(_ major: UInt8, _ argument: Int) -> [UInt8] {
    let value = UInt64(argument.magnitude)
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
    switch value {
    case 0..<24: return [major << 5 | UInt8(value)]
    case 24..<0x100: return [major << 5 | 24] + bytes[7...]
    case 0x100..<0x1_0000: return [major << 5 | 25] + bytes[6...]
    case 0x1_0000..<0x1_0000_0000: return [major << 5 | 26] + bytes[4...]
    default: return [major << 5 | 27] + bytes
    }
  }

  package static func bytes(_ bytes: some Collection<UInt8>) -> [UInt8] { head(2, bytes.count) + bytes }

  package static func text(_ text: String) -> [UInt8] { head(3, text.utf8.count) + text.utf8 }

  /// `[context, protected, h'', payload]`: what a COSE signature and a counter-signature are over (RFC 9052 4.4, 3.3).
  package static func signatureStructure(
    _ context: String, protected: [UInt8], payload: some Collection<UInt8>
  ) -> [UInt8] {
    head(4, 4) + text(context) + bytes(protected) + bytes([]) + bytes(payload)
  }
}
