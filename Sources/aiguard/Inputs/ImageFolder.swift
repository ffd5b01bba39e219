#if CLI
  import Platform

  /// What a folder has to classify. An entry that cannot be used is an input that failed: the others go on.
  enum ImageFolder {
    struct Content {
      var inputs: [Input] = []
      /// How many files are no images.
      var passedOver = 0
    }

    /// The image files in `folder` by the bytes of their names, with those of inner folders in their place
    /// where they are asked for. Hidden entries are not looked at.
    static func content(of folder: String, recursive: Bool) -> Content {
      // The folder is closed again before those inside it are opened: how deep they go is not bounded by
      // the number of files that may be open.
      let (entries, failure) = entries(of: folder, recursive: recursive)
      var content = Content()
      for entry in entries.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
        let path = FilePath.join(folder, String(pathBytes: entry.name))
        switch entry.kind {
        case .image: content.inputs.append(.file(path))
        case .noImage: content.passedOver += 1
        case .folder:
          let inner = Self.content(of: path, recursive: true)
          content.inputs += inner.inputs
          content.passedOver += inner.passedOver
        case .unknown(let code): content.inputs.append(unreadable(path, reason(code)))
        }
      }
      if let failure { content.inputs.append(unreadable(folder, "cannot list it: \(reason(failure))")) }
      return content
    }

    private enum Kind {
      case image
      case noImage
      case folder
      /// The system would not say, for this reason.
      case unknown(code: Int32)
    }

    private struct Entry {
      let name: [UInt8]
      let kind: Kind
    }

    /// The entries that matter, in the folder's own order, and why there are no more if there should be.
    private static func entries(of folder: String, recursive: Bool) -> ([Entry], failure: Int32?) {
      guard let path = folder.systemPath, let stream = opendir(path) else { return ([], errno) }
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
        let isImage = ImageContent.hasImageEnding(bytes)
        if let kind = kind(of: name, in: dirfd(stream), isImage: isImage, recursive: recursive) {
          entries.append(Entry(name: bytes, kind: kind))
        }
      }
    }

    /// What an entry is to us, nil if nothing.
    ///
    /// - Parameter isImage: Whether its name says that it is an image. Else its content is looked at.
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
      // What cannot be looked at might be an image, or one of the folders that were asked for.
      guard result == 0 else { return .unknown(code: errno) }
      switch status.st_mode & S_IFMT {
      // Links to folders are not followed: they can lead in circles.
      case S_IFDIR: return recursive && !isLink ? .folder : nil
      // Pipes and devices might never end.
      case S_IFREG where isImage: return .image
      case S_IFREG:
        return switch ImageContent.isImage(name, in: folder) {
        case true?: .image
        case false?: .noImage
        case nil: .unknown(code: errno)
        }
      default: return nil
      }
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func unreadable(_ path: String, _ message: String) -> Input {
      .failure(path: path, FailureReport(kind: "unreadable-file", message: message))
    }
  }
#endif
