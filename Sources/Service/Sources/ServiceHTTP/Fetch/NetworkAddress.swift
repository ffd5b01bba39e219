/// An address of the Internet, as it is connected to.
struct NetworkAddress: Sendable, Equatable {
  /// 4 or 16, in the network's order.
  let bytes: [UInt8]

  /// The first bits of addresses that are not to be had from anywhere.
  private struct Block: Sendable {
    let prefix: [UInt8]
    let bits: Int

    init(_ prefix: [UInt8], _ bits: Int) { (self.prefix, self.bits) = (prefix, bits) }

    func contains(_ bytes: ArraySlice<UInt8>) -> Bool {
      for bit in 0..<bits {
        let mask = UInt8(0x80) >> (bit % 8)
        let expected = bit / 8 < prefix.count ? prefix[bit / 8] : 0
        if (bytes[bytes.startIndex + bit / 8] ^ expected) & mask != 0 { return false }
      }
      return true
    }
  }

  /// The registries' special blocks: this network, private ones, carriers' translation, this machine, links, protocols,
  /// documentation, relays, benchmarks, multicast, reserved.
  private static let specialV4 = [
    Block([0], 8), Block([10], 8), Block([100, 64], 10), Block([127], 8), Block([169, 254], 16),
    Block([172, 16], 12), Block([192, 0, 0], 24), Block([192, 0, 2], 24), Block([192, 88, 99], 24),
    Block([192, 168], 16), Block([198, 18], 15), Block([198, 51, 100], 24), Block([203, 0, 113], 24),
    Block([224], 4), Block([240], 4),
  ]

  /// What may be had from everywhere.
  private static let globalV6 = Block([0x20], 3)

  /// Within it: protocols (tunnels of Teredo among them), documentation, and 6to4, which leads to an address within.
  private static let specialV6 = [
    Block([0x20, 0x01], 23), Block([0x20, 0x01, 0x0d, 0xb8], 32), Block([0x20, 0x02], 16),
    Block([0x3f, 0xff], 20),
  ]

  /// An address of version 4 within one of version 6.
  private static let mappedV4 = Block([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96)

  /// Whether it is one machine that anybody may reach: no address of a network of one's own, of this machine, or of a cloud's
  /// service for its own machines.
  var isGlobalUnicast: Bool {
    switch bytes.count {
    case 4: !Self.specialV4.contains { $0.contains(bytes[...]) }
    case 16 where Self.mappedV4.contains(bytes[...]):
      !Self.specialV4.contains { $0.contains(bytes[12...]) }
    case 16: Self.globalV6.contains(bytes[...]) && !Self.specialV6.contains { $0.contains(bytes[...]) }
    default: false
    }
  }
}
