#if PNG
  /// The part of a PNG's header that says how pixels are stored.
  struct PNGLayout: Equatable {
    let bitDepth: Int
    let colorType: Int

    /// The mode that Pillow reports, or `nil` for a combination that PNG does not have.
    var mode: String? {
      switch (bitDepth, colorType) {
      case (1, 0): "1"
      case (2, 0), (4, 0), (8, 0): "L"
      case (16, 0): "I;16"
      case (8, 2), (16, 2): "RGB"
      case (1, 3), (2, 3), (4, 3), (8, 3): "P"
      case (8, 4): "LA"
      case (16, 4), (8, 6), (16, 6): "RGBA"
      default: nil
      }
    }
  }
#endif
