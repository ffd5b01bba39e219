#if CLI && Hub
  import AIGuardVision
  import ArgumentParser
  import Platform

  struct DownloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "download",
      abstract: "Bring a model from the Hugging Face Hub into the cache, and print where it is.",
      discussion: """
        The cache is that of Python's huggingface_hub, and the environment variables HF_HOME, HF_HUB_CACHE, HF_TOKEN, \
        HF_ENDPOINT and HF_HUB_OFFLINE mean what they mean there. With an adapter comes its base.
        """)

    @Argument(help: ArgumentHelp("The model's id.", valueName: "organisation/name"))
    var id: String

    @Option(help: "A branch, a tag or a commit.")
    var revision = "main"

    @Option(
      help: ArgumentHelp(
        "The file of weights, or the index of several, where it is not to be the preferred one.",
        valueName: "file"))
    var weights: String?

    func run() throws {
      do {
        if let advice = URLArgument.modelAdvice(id) { throw ModelNotFound.url(id, advice) }
        // For programs: the path's own bytes, whatever they are.
        let folder = try ModelArgument.download(id, revision: revision, weights: weights)
        if weights == nil,
          case .hub(let base, let revision)? = try AdapterBase.find(for: folder, isOfHub: true, named: nil)
        {
          _ = try ModelArgument.download(base, revision: revision)
        }
        Output.write((folder.pathBytes ?? Array(folder.utf8)) + [UInt8(ascii: "\n")], to: .standardOutput)
      } catch {
        Output.write("aiguard: cannot download the model: \("\(error)".escapedLines)\n", to: .standardError)
        throw Exit.modelNotLoaded
      }
    }
  }
#endif
