#if CLI
  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// What a folder has to classify. An entry that cannot be used is an input that failed: the others go on.
  enum ImageFolder {
    /// The image files in `folder` by the bytes of their names, with those of inner folders in their place
    /// where they are asked for. Hidden entries are passed over.
    static func inputs(in folder: String, recursive: Bool) -> [Input] {
      let prefix = folder.hasSuffix("/") ? folder : folder + "/"
      // The folder is closed again before those inside it are opened: how deep they go is not bounded by
      // the number of files that may be open.
      let (entries, failure) = entries(of: folder, recursive: recursive)
      let inputs = entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }.flatMap { entry -> [Input] in
        guard let name = String(validating: entry.name, as: UTF8.self) else {
          return [unreadable(prefix + rendering(entry.name), "its name is not valid UTF-8; rename it")]
        }
        let path = prefix + name
        switch entry.kind {
        case .image: return [.file(path)]
        case .folder: return Self.inputs(in: path, recursive: true)
        case .unknown(let code): return [unreadable(path, reason(code))]
        }
      }
      guard let failure else { return inputs }
      return inputs + [unreadable(folder, "cannot list it: \(reason(failure))")]
    }

    private enum Kind {
      case image
      case folder
      /// The system would not say, for this reason.
      case unknown(code: Int32)
    }

    private struct Entry {
      let name: [UInt8]
      let kind: Kind
    }

    /// The endings by which files are taken from a folder. What a file is, its content decides; a file
    /// that is named as an argument is tried whatever it is called.
    private static let endings: Set<String> = [
      "jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "gif", "webp", "bmp", "tif", "tiff", "heic",
      "heif", "hif", "avif", "jp2", "jxl",
    ]

    /// The entries that matter, in the folder's own order, and why there are no more if there should be.
    private static func entries(of folder: String, recursive: Bool) -> ([Entry], failure: Int32?) {
      guard let stream = opendir(folder) else { return ([], errno) }
      defer { closedir(stream) }
      guard let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) else { return ([], ENOTSUP) }
      var entries: [Entry] = []
      while true {
        // The end and a failure differ only in what they leave here.
        errno = 0
        guard let entry = readdir(stream) else { return (entries, errno == 0 ? nil : errno) }
        // The record may be shorter than its type, so that only the name's address is taken from it.
        let name = (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self)
        guard name.pointee != CChar(UInt8(ascii: ".")) else { continue }
        let bytes = [UInt8](UnsafeRawBufferPointer(start: name, count: strlen(name)))
        let isImage = hasImageEnding(bytes)
        if let kind = kind(of: name, in: dirfd(stream), isImage: isImage, recursive: recursive) {
          entries.append(Entry(name: bytes, kind: kind))
        }
      }
    }

    /// What an entry is to us, nil if nothing.
    private static func kind(
      of name: UnsafePointer<CChar>, in folder: Int32, isImage: Bool, recursive: Bool
    ) -> Kind? {
      var status = stat()
      var result = fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW)
      let isLink = result == 0 && status.st_mode & S_IFMT == S_IFLNK
      if isLink {
        guard isImage else { return nil }
        result = fstatat(folder, name, &status, 0)
      }
      // What cannot be looked at might be one of the folders that were asked for.
      guard result == 0 else { return isImage || recursive ? .unknown(code: errno) : nil }
      switch status.st_mode & S_IFMT {
      // Links to folders are not followed: they can lead in circles.
      case S_IFDIR: return recursive && !isLink ? .folder : nil
      // Pipes and devices might never end.
      case S_IFREG: return isImage ? .image : nil
      default: return nil
      }
    }

    private static func hasImageEnding(_ name: [UInt8]) -> Bool {
      guard let point = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
      return endings.contains(String(decoding: name[(point + 1)...], as: UTF8.self).lowercased())
    }

    /// A name of which nobody knows the encoding: its ASCII, and the other bytes as numbers.
    private static func rendering(_ name: [UInt8]) -> String {
      name.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }.joined()
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func unreadable(_ path: String, _ message: String) -> Input {
      .failure(path: path, FailureReport(kind: "unreadable-file", message: message))
    }
  }
#endif
