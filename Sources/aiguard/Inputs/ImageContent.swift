#if CLI
  import AIGuardVision
  import Platform

  /// Whether a file among others is meant as an image.
  enum ImageContent {
    /// A file with one of these endings is an input whatever it holds: that it is empty or a web page is what its owner
    /// wants to know.
    private static let endings = Set(ImageFormat.allCases.flatMap(\.fileNameEndings))

    static func hasImageEnding(_ name: [UInt8]) -> Bool {
      guard let point = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
      return endings.contains(String(decoding: name[(point + 1)...], as: UTF8.self).lowercased())
    }

    /// Whether the file begins, or ends, like an image.
    ///
    /// - Returns: `nil` where it cannot be read, and the system's reason is in `errno`.
    static func isImage(_ name: UnsafePointer<CChar>, in folder: Int32) -> Bool? {
      // It may have become a pipe meanwhile, which nobody writes to.
      let file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
      guard file >= 0 else { return nil }
      defer { close(file) }
      var status = stat()
      guard fstat(file, &status) == 0 else { return nil }
      // As much as `ImageFormat` looks at.
      var bytes = [UInt8](repeating: 0, count: 1024 + 18)
      let head = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, 1024, 0) }
      guard head >= 0 else { return nil }
      let end = max(head, Int(clamping: status.st_size) - 18)
      let tail = bytes.withUnsafeMutableBytes {
        pread(file, $0.baseAddress?.advanced(by: head), 18, off_t(end))
      }
      guard tail >= 0 else { return nil }
      return bytes[..<(head + tail)].withUnsafeBytes(isImage)
    }

    /// Whether bytes, the first ones and the last ones of a file, are those of an image.
    ///
    /// Stricter than what a file named as an argument is tried as: two or three bytes that any text may begin with
    /// prove nothing, and documents are no images.
    static func isImage(_ bytes: UnsafeRawBufferPointer) -> Bool {
      switch ImageFormat(signatureOf: bytes) {
      case nil, .pdf, .eps, .pnm, .pcx, .sgi: false
      // Behind the 14 bytes of the file's header stands the size of the next header.
      case .bmp:
        bytes.count > 18 && bytes[15...17].allSatisfy { $0 == 0 }
          && [12, 16, 40, 52, 56, 64, 108, 124].contains(bytes[14])
      case .tga: bytes.suffix(18).elementsEqual("TRUEVISION-XFILE.\0".utf8)
      default: true
      }
    }
  }
#endif
