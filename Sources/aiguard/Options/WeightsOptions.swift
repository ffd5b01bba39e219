#if CLI
  import ArgumentParser

  /// Which weights a command takes that reads them itself.
  struct WeightsOptions: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "The file of weights of a folder or of a model on the Hub, where it is not to be the preferred one.",
        valueName: "file"))
    var weights: String?

    @Option(
      help: ArgumentHelp(
        "The model that an adapter changes, where it is not what the adapter says: a folder, or an id on the Hub.",
        valueName: "folder or id"))
    var base: String?

    func validate() throws { try Self.check(weights: weights, base: base) }

    static func check(weights: String?, base: String?) throws {
      if weights != nil, base != nil {
        throw ValidationError("--weights leaves an adapter out, and --base is for one: name one of them")
      }
    }

    /// Refuses them for a model that is a file.
    func check(isFile: Bool) throws {
      if isFile, weights != nil || base != nil {
        throw ValidationError("--weights and --base are for folders and models on the Hub")
      }
    }
  }
#endif
