#if CLI
  import Platform

  /// A file of results, begun before the work: a name that cannot be written to is known at once. Only `finish` replaces
  /// what was there under its name.
  struct TextFile {
    private let file: OutputFile

    init(replacing path: String) throws {
      file = try OutputFile(replacing: path, permissions: OutputFile.publicPermissions)
    }

    func write(_ text: String) throws { try file.write(Array(text.utf8)) }

    /// - Parameter text: Its end.
    func finish(_ text: String = "") throws {
      try write(text)
      try file.finish()
      try file.rename()
    }
  }
#endif
