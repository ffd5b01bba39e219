#if HEIC
  internal import CImageCodecs

  /// What the samples of an image mean, in the numbers of ITU-T H.273.
  struct HEIFColor {
    let matrix: Int
    let primaries: Int
    let isFullRange: Bool

    var inC: cic_hevc_color {
      cic_hevc_color(
        matrix: Int32(clamping: matrix), primaries: Int32(clamping: primaries),
        full_range: isFullRange ? 1 : 0, widens_grey: 0)
    }

    /// Nil where the file says nothing in numbers of an item; a profile does not count. Of several the last counts.
    init?(_ metadata: HEIFMetadata, item: Int) throws(ImageError) {
      var found: (Int, Int, Bool)?
      for property in metadata.properties(of: item) where property.type == "colr" {
        guard let kind = property.bytes.integer(at: 0, bytes: 4) else { throw HEIFMetadata.cut }
        if kind == 0x7249_4343 || kind == 0x7072_6F66 { continue }  // rICC, prof
        guard kind == 0x6E63_6C78 else {  // nclx
          throw .unsupportedVariant(format: .heif, detail: "a colour profile of an unknown kind")
        }
        guard let primaries = property.bytes.integer(at: 4, bytes: 2),
          let transfer = property.bytes.integer(at: 6, bytes: 2),
          let matrix = property.bytes.integer(at: 8, bytes: 2),
          let range = property.bytes.integer(at: 10, bytes: 1)
        else { throw HEIFMetadata.cut }
        guard Self.primaries.contains(primaries) else { throw Self.unknown("primaries", primaries) }
        guard Self.transfers.contains(transfer) else { throw Self.unknown("transfer", transfer) }
        guard Self.matrices.contains(matrix) else { throw Self.unknown("matrix", matrix) }
        found = (matrix, primaries, range >> 7 == 1)
      }
      guard let found else { return nil }
      (matrix, primaries, isFullRange) = found
    }

    /// Those of a stream.
    init(_ color: cic_hevc_color) {
      (matrix, primaries) = (Int(color.matrix), Int(color.primaries))
      isFullRange = color.full_range != 0
    }

    /// Throws where samples of colour cannot be converted, because libheif does not do it or it is not said how.
    func checkConversion() throws(ImageError) {
      guard Self.matrices.contains(matrix), matrix != 11, matrix != 14 else {
        throw Self.unknown("matrix", matrix)
      }
      guard ![12, 13].contains(matrix) || Self.primaries.subtracting([2]).contains(primaries) else {
        throw .unsupportedVariant(
          format: .heif, detail: "a colour matrix that is derived from the primaries \(primaries)")
      }
    }

    private static func unknown(_ name: String, _ value: Int) -> ImageError {
      .unsupportedVariant(format: .heif, detail: "the colour \(name) \(value)")
    }

    // Those that libheif takes; others are reserved.
    private static let primaries: Set<Int> = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22]
    private static let transfers = Set(1...18).subtracting([3])
    private static let matrices = Set(0...14).subtracting([3])
  }
#endif
