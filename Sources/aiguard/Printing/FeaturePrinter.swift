#if CLI
  import AIGuardVision
  import Platform

  /// One way to give features.
  protocol FeaturePrinter {
    func print(_ file: String, _ features: ImageFeatures) throws
    func print(_ file: String, _ failure: FailureReport) throws
    /// Called after the last one.
    func finish() throws
  }

  extension JSONLinesPrinter: FeaturePrinter {
    func print(_ file: String, _ features: ImageFeatures) throws {
      try Output.json(FileLine(file: file, content: features))
    }

    func finish() {}
  }

  /// An array in NumPy's format 1.0, float32 and little-endian, a row for each image. The file is there whole or not at
  /// all, and not with a row missing.
  final class NPYPrinter: FeaturePrinter {
    private let feature: ImageFeature
    private let path: String
    /// `nil` once an image has failed.
    private var file: OutputFile?

    init(_ path: String, feature: ImageFeature, rows: Int, width: Int) throws {
      self.feature = feature
      self.path = path
      let file = try OutputFile(replacing: path, permissions: OutputFile.publicPermissions)
      try file.write(Self.header(rows: rows, columns: width))
      self.file = file
    }

    func print(_ name: String, _ features: ImageFeatures) throws {
      guard let row = features[feature] else {
        return print(name, FailureReport(kind: "internal", message: "no \(feature)"))
      }
      // Little-endian, whatever this machine is.
      try row.map(\.bitPattern.littleEndian).withUnsafeBytes { try file?.write($0) }
    }

    func print(_ name: String, _ failure: FailureReport) {
      failure.show(name)
      file = nil
    }

    func finish() throws {
      guard let file else {
        Output.write(
          "aiguard: \(path.escaped) is not written: it would lack the rows of what failed\n",
          to: .standardError)
        return
      }
      try file.finish()
      try file.rename()
    }

    /// Magic, version, the length of the rest, a Python dictionary, spaces up to a multiple of 64 bytes, a line break: the
    /// bytes of `numpy.save`.
    static func header(rows: Int, columns: Int) -> [UInt8] {
      let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
      // NumPy leaves room for the first extent to grow to 21 digits.
      let room = String(repeating: " ", count: 21 - String(rows).count)
      let used = 10 + dictionary.utf8.count + room.utf8.count + 1
      let padding = String(repeating: " ", count: 64 - used % 64)
      let text = Array((dictionary + room + padding + "\n").utf8)
      return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
    }
  }
#endif
