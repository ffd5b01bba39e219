#if TIFF
  internal import CImageCodecs

  /// How a TIFF's samples become a mode of Pillow: its table of what it opens, as rules.
  struct TIFFLayout {
    /// The tags that decide.
    struct Key {
      var isLittleEndian: Bool
      var photometric: Int
      var sampleFormat: [Int]
      var fillOrder: Int
      var bits: [Int]
      var extra: [Int]

      /// The samples that Pillow counts for the photometric interpretation, whatever the file has.
      var countedSamples: Int {
        let base =
          switch photometric {
          case 2, 6, 8: 3
          case 5: 4
          default: 1
          }
        return base + extra.count
      }
    }

    let mode: String
    /// How a pixel becomes RGB.
    private(set) var conversion: Int
    var packing = cic_packing()
    let samples: Int
    /// Whether a and b of LAB are unsigned, as Pillow takes them from planes.
    private(set) var hasPlainLAB = false

    /// - Returns: Nil for what Pillow does not open.
    init?(_ key: Key) {
      guard let depth = key.bits.first, key.bits.allSatisfy({ $0 == depth }),
        key.sampleFormat.count == 1, let format = key.sampleFormat.first, [1, 2].contains(key.fillOrder),
        let (mode, conversion) = Self.mode(key, depth: depth, format: format)
      else { return nil }
      (self.mode, self.conversion, samples) = (mode, conversion, key.bits.count)
      packing.bits = UInt32(clamping: depth)
      packing.big_endian = key.isLittleEndian ? 0 : 1
      packing.reversed = key.fillOrder == 2 ? 1 : 0
      packing.scaled = mode == "1" || mode == "L" ? 1 : 0
      packing.inverted = key.photometric == 0 && (mode == "1" || mode == "L") ? 1 : 0
      packing.high_byte = depth == 16 && key.bits.count > 1 ? 1 : 0
      packing.widened = mode == "I" && depth == 16 ? 1 : 0
    }

    /// The sample that is the alpha, where pixels have one that Pillow keeps.
    var alphaSample: Int? { ["LA": 1, "PA": 1, "RGBA": 3][mode] }

    func isInverted(bits: Int) -> Bool { packing.inverted != 0 && packing.bits == UInt32(bits) }

    /// The same samples in planes, uncompressed. Pillow reads a plane by one letter of the name of the whole: as bytes,
    /// bits, or numbers of this machine, whatever the file's own depth and order.
    ///
    /// - Returns: Nil where there is no such letter.
    var inStoredPlanes: TIFFLayout? {
      var planes = self
      planes.packing = cic_packing()
      planes.packing.bits = 8
      switch mode {
      case "1", "I", "F":
        planes.packing.bits = mode == "1" ? 1 : 32
        planes.packing.scaled = 1
        planes.packing.big_endian = Self.isBigEndianMachine
      case "L", "P": if samples != 1 { return nil }
      case "RGB" where samples == 3, "CMYK" where samples == 4, "LAB": break
      case "RGBA" where samples == 4 && conversion == Int(CIC_RGB): break
      default: return nil
      }
      planes.hasPlainLAB = true
      return planes
    }

    /// The same as libtiff gives it: bits and the bytes of most samples in order.
    func fromLibTIFF(isSeparate: Bool, hasExtraSamples: Bool) -> TIFFLayout {
      var read = self
      read.packing.reversed = 0
      if packing.high_byte == 1 || conversion == Int(CIC_I16) {
        read.packing.big_endian = Self.isBigEndianMachine
      }
      if isSeparate {
        read.hasPlainLAB = true
        // libtiff takes a fourth plane that nothing is said of for an alpha that the others were multiplied by.
        if mode == "RGBA", samples == 4, !hasExtraSamples { read.conversion = Int(CIC_RGB_PREMULTIPLIED) }
      }
      return read
    }

    private static let isBigEndianMachine: Int32 = 1.bigEndian == 1 ? 1 : 0

    private static func mode(_ key: Key, depth: Int, format: Int) -> (String, Int)? {
      let unsigned = format == 1
      let plain = key.fillOrder == 1
      let extra = key.extra
      switch (key.photometric, key.bits.count) {
      case (0...1, 1) where extra.isEmpty:
        return grey(key, depth: depth, format: format)
      case (1, 2) where depth == 8 && unsigned && plain:
        // With premultiplied alpha (1) Pillow opens the file, and then has no way to RGB.
        return extra == [0] ? ("L", Int(CIC_L)) : extra == [2] ? ("LA", Int(CIC_L)) : nil
      case (2, 3) where depth == 8 && unsigned && extra.isEmpty:
        return ("RGB", Int(CIC_RGB))
      case (2, 3) where depth == 16 && unsigned && plain && extra.isEmpty:
        return ("RGB", Int(CIC_RGB))
      case (2, 4...6) where unsigned && plain && (depth == 8 || depth == 16 && key.bits.count == 4):
        return colorWithExtra(extra, count: key.bits.count - 3, depth: depth)
      case (3, 1) where extra.isEmpty && unsigned && [1, 2, 4, 8].contains(depth):
        return ("P", Int(CIC_P))
      case (3, 2) where depth == 8 && unsigned && plain:
        return extra == [0] ? ("P", Int(CIC_P)) : extra == [2] ? ("PA", Int(CIC_P)) : nil
      case (5, 4...6) where depth == 8 && unsigned && plain:
        let isKnown = extra == [Int](repeating: 0, count: key.bits.count - 4)
        return isKnown ? ("CMYK", Int(CIC_CMYK)) : nil
      case (5, 4) where depth == 16 && unsigned && plain && extra.isEmpty:
        return ("CMYK", Int(CIC_CMYK))
      case (6, 1) where depth == 8 && unsigned && plain && extra.isEmpty:
        return ("L", Int(CIC_L))
      case (6, 3) where depth == 8 && unsigned && plain && extra.isEmpty:
        return ("YCbCr", Int(CIC_YCBCR))
      case (8, 3) where depth == 8 && unsigned && plain && extra.isEmpty:
        return ("LAB", Int(CIC_LAB))
      default:
        return nil
      }
    }

    private static func grey(_ key: Key, depth: Int, format: Int) -> (String, Int)? {
      let (isWhiteZero, plain, little) = (key.photometric == 0, key.fillOrder == 1, key.isLittleEndian)
      switch (depth, format) {
      case (1, 1): return ("1", Int(CIC_L))
      case (2, 1), (4, 1), (8, 1): return ("L", Int(CIC_L))
      case (8, 2) where !isWhiteZero && plain: return ("L", Int(CIC_L))
      case (12, 1) where !isWhiteZero && plain && little: return ("I;16", Int(CIC_I16))
      case (16, 1) where plain && (little || !isWhiteZero), (16, 1) where little && !isWhiteZero:
        return (little ? "I;16" : "I;16B", Int(CIC_I16))
      case (16, 2) where !isWhiteZero && plain: return ("I", Int(CIC_I))
      case (32, 3) where plain: return ("F", Int(CIC_F))
      case (32, 1) where !isWhiteZero && plain && little: return ("I", Int(CIC_I))
      case (32, 2) where !isWhiteZero && plain: return ("I", Int(CIC_I))
      default: return nil
      }
    }

    private static func colorWithExtra(_ extra: [Int], count: Int, depth: Int) -> (String, Int)? {
      if extra.isEmpty { return count == 1 ? ("RGBA", Int(CIC_RGB)) : nil }
      guard extra.count == count, extra.dropFirst().allSatisfy({ $0 == 0 }) else { return nil }
      switch extra[0] {
      case 0: return ("RGB", Int(CIC_RGB))
      case 1: return ("RGBA", Int(CIC_RGB_PREMULTIPLIED))
      case 2: return ("RGBA", Int(CIC_RGB))
      case 999 where count == 1 && depth == 8: return ("RGBA", Int(CIC_RGB))
      default: return nil
      }
    }
  }
#endif
