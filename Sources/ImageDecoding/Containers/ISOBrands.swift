/// The brands of an ISO base media file, which tell HEIF and AVIF apart.
struct ISOBrands {
  private let major: String
  /// Of those within the bytes that are looked at.
  private let compatible: Set<String>

  /// - Returns: Nil for a file that does not begin with its brands.
  init?(_ start: FileStart) {
    guard start.has("ftyp", at: 4), let end = start.bytes.integer(at: 0, bytes: 4) else { return nil }
    func name(_ offset: Int) -> String {
      String(decoding: start.bytes.dropFirst(offset).prefix(4), as: UTF8.self)
    }
    major = name(8)
    compatible = Set(stride(from: 16, to: Swift.min(end, start.bytes.count) - 3, by: 4).map(name))
  }

  private static let heic: Set<String> = [
    "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs",
  ]
  private static let avif: Set<String> = ["avif", "avis"]

  /// Whether the major brand is one that both formats have; what else the file is compatible with decides then, HEIC
  /// before AVIF.
  private var isShared: Bool { major == "mif1" || major == "msf1" }

  var isAVIF: Bool {
    Self.avif.contains(major)
      || isShared && !Self.avif.isDisjoint(with: compatible) && Self.heic.isDisjoint(with: compatible)
  }

  var isHEIF: Bool { Self.heic.contains(major) || isShared && !isAVIF }
}
