import Checkpoint
import Platform

/// What loading a classifier needs of a model, brought into the cache. Used by one thread.
struct SnapshotDownload {
  private let hub: ModelHub
  private let cache: HubCache
  private let revision: HubRevision
  private let files: ModelHub.Files
  /// The file of weights that was asked for by its name.
  private let weightsFile: String?
  private let client: HubClient
  private let report: (HubEvent) -> Void

  /// - Throws: `HubError` for an id, a revision or a setting that cannot be.
  init(
    _ hub: ModelHub, id: String, revision: String, _ files: ModelHub.Files, weightsFile: String?,
    _ cancellation: CancellationFlag, _ report: @escaping (HubEvent) -> Void
  ) throws(HubError) {
    let id = try RepositoryID(id)
    self.hub = hub
    self.revision = try HubRevision(revision)
    self.files = files
    self.weightsFile = weightsFile
    self.report = report
    cache = HubCache(root: hub.cacheFolder, id: id)
    client = try HubClient(hub, id, self.revision, cancellation)
  }

  /// Whether there may be models without the file. An adapter need not have its base's `config.json`.
  private var configFiles: [(name: String, isNeeded: Bool)] {
    [("processor_config.json", false), ("preprocessor_config.json", false), ("config.json", true)]
      // It says what the labels mean and makes verdicts of scores: nothing that an image processor needs.
      + (files == .all ? [(ModelFolder.calibration, false)] : [])
  }

  /// - Returns: The folder with the files.
  /// - Throws: `HubError`, `CheckpointError`, `CancellationError`.
  func run() throws -> String {
    if let weightsFile, !ModelFolder.isWeightsName(weightsFile) {
      throw CheckpointError(file: cache.id.string, problem: .invalidWeightsName(weightsFile))
    }
    let remembered = try cache.commit(of: revision)
    if hub.isOffline {
      return try cached(remembered, reason: "the network is not to be used (HF_HUB_OFFLINE)")
    }
    if revision.isCommit {
      if missing(revision.string, orUnknown: true) == nil { return cache.snapshot(revision.string) }
      return try fetch(revision.string)
    }
    let commit: String
    let fallback = remembered.flatMap(usable)
    do {
      // One short try where there is something to fall back on.
      commit = try client.commit(retries: fallback == nil ? hub.retries : 0)
    } catch let error as HubError {
      if case .revisionNotFound = error { throw error }
      return try fall(back: fallback, after: error)
    }
    try cache.remember(commit, for: revision)
    return try fetch(commit)
  }

  /// Brings the files of a commit into the cache.
  private func fetch(_ commit: String) throws -> String {
    do {
      try fetchConfigurations(at: commit)
      if files == .all { try fetchWeights(at: commit) }
      return cache.snapshot(commit)
    } catch let error as HubError where error.isOfTheConnection {
      // What is missing may be a file that the model need not have.
      return try fall(back: usable(commit), after: error)
    }
  }

  /// - Throws: The error, where there is nothing to fall back on.
  private func fall(back folder: String?, after error: HubError) throws(HubError) -> String {
    guard let folder else { throw error }
    report(.notReached("\(error)"))
    return folder
  }

  private func fetchConfigurations(at commit: String) throws {
    // An adapter is looked for first, as in the reference: its base is elsewhere then, whatever else there is.
    var mayBeAdapter = weightsFile == nil
    var isAdapter = false
    for (name, isNeeded) in configFiles {
      if isNeeded, mayBeAdapter, files == .all {
        isAdapter = try fetch(ModelFolder.adapterConfig, at: commit)
        mayBeAdapter = false
      }
      guard try !fetch(name, at: commit), isNeeded, !isAdapter else { continue }
      if mayBeAdapter, try fetch(ModelFolder.adapterConfig, at: commit) { continue }
      throw HubError.fileNotFound(id: cache.id.string, revision: revision.string, file: name)
    }
  }

  /// Whether an adapter is what the commit has, as far as it is in the cache.
  private func isAdapter(_ commit: String) -> Bool {
    weightsFile == nil && cache.has(ModelFolder.adapterConfig, at: commit)
  }

  /// The files that can hold the weights, first the one that is preferred.
  private func weightNames(_ commit: String) -> [String] {
    if let weightsFile { return [weightsFile] }
    return isAdapter(commit) ? Adapter.weightFileNames : ModelFolder.weightFileNames
  }

  private func fetchWeights(at commit: String) throws {
    let names = weightNames(commit)
    for name in names where try fetch(name, at: commit) {
      guard name.hasSuffix(".json") else { return }
      for shard in try ShardIndex(contentsOf: cache.pointer(name, at: commit)).files {
        guard try fetch(shard, at: commit) else {
          throw HubError.fileNotFound(id: cache.id.string, revision: revision.string, file: shard)
        }
      }
      return
    }
    guard names == ModelFolder.weightFileNames else {
      throw HubError.fileNotFound(id: cache.id.string, revision: revision.string, file: names[0])
    }
    throw try noWeights(at: commit)
  }

  /// The error for a repository without weights that are read: with what it has, where the Hub says it.
  private func noWeights(at commit: String) throws -> HubError {
    let others: [String]
    do {
      others = ModelFolder.otherWeights(among: try client.fileNames(at: commit))
    } catch is HubError {
      others = []
    }
    return others.isEmpty
      ? .noWeights(id: cache.id.string, revision: revision.string)
      : .otherWeights(id: cache.id.string, revision: revision.string, files: others)
  }

  // MARK: What is there already

  /// The folder of a commit, if the cache has all that is needed.
  private func usable(_ commit: String) -> String? { missing(commit) == nil ? cache.snapshot(commit) : nil }

  /// The folder of a commit, which the cache must have all of.
  private func cached(_ commit: String?, reason: String) throws(HubError) -> String {
    guard let commit else {
      throw .notCached(id: cache.id.string, revision: revision.string, file: "its commit", reason: reason)
    }
    if let file = missing(commit) {
      throw .notCached(id: cache.id.string, revision: revision.string, file: file, reason: reason)
    }
    return cache.snapshot(commit)
  }

  /// A file that is not in the cache.
  ///
  /// - Parameter orUnknown: Whether a file counts too that the model need not have, and of which nobody knows yet
  ///   whether it has it: Python may have loaded the network without its image processor.
  private func missing(_ commit: String, orUnknown: Bool = false) -> String? {
    let isAdapter = isAdapter(commit)
    for (name, isNeeded) in configFiles where !cache.has(name, at: commit) {
      if (isNeeded && !isAdapter) || (orUnknown && !cache.isAbsent(name, at: commit)) { return name }
    }
    guard files == .all else { return nil }
    let names = weightNames(commit)
    guard let weights = names.first(where: { cache.has($0, at: commit) }) else { return names[0] }
    guard weights.hasSuffix(".json") else { return nil }
    guard let index = try? ShardIndex(contentsOf: cache.pointer(weights, at: commit)) else { return weights }
    return index.files.first { !cache.has($0, at: commit) }
  }

  // MARK: One file

  /// Brings a file into the cache.
  ///
  /// - Returns: Whether the commit has it.
  private func fetch(_ file: String, at commit: String) throws -> Bool {
    guard file.isRepositoryFile else { throw HubError.invalidFileName(file) }
    try client.cancellation.check()
    if cache.has(file, at: commit) {
      report(.cached(file: file))
      return true
    }
    if cache.isAbsent(file, at: commit) { return false }
    guard let metadata = try client.metadata(of: file, at: commit, retries: hub.retries) else {
      try cache.rememberAbsence(of: file, at: commit)
      return false
    }
    try cache.prepare()
    let lock = try FileLock(cache.lock(metadata.etag), client.cancellation)
    try withExtendedLifetime(lock) {
      // Somebody else may have been faster.
      if cache.has(file, at: commit) { return report(.cached(file: file)) }
      let blob = cache.blob(metadata.etag)
      if InputFile.exists(blob) {
        report(.cached(file: file))
      } else {
        try download(file, metadata, into: blob)
      }
      try cache.place(metadata.etag, as: file, at: commit, linking: hub.usesSymbolicLinks)
    }
    return true
  }

  private func download(_ file: String, _ metadata: FileMetadata, into blob: String) throws {
    report(.progress(file: file, received: 0, total: metadata.byteCount))
    var last = ContinuousClock.now
    let download = try FileDownload(client, file, metadata, blob: blob) { received in
      let now = ContinuousClock.now
      guard last.duration(to: now) > .milliseconds(50) || received == metadata.byteCount else { return }
      last = now
      report(.progress(file: file, received: received, total: metadata.byteCount))
    }
    try download.run(into: blob)
    report(.downloaded(file: file))
  }
}
