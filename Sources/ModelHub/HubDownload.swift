import Platform

/// What happens in a download.
public enum HubEvent: Sendable, Equatable {
  /// A file is in the cache already.
  case cached(file: String)
  /// So many bytes of a file are there; of how many, where the Hub says it. Back to 0 where it begins anew.
  case progress(file: String, received: Int, total: Int?)
  /// A file has been downloaded and verified.
  case downloaded(file: String)
  /// The Hub could not be asked whether there is a newer commit, so that the cached one is used.
  case notReached(String)
  /// All that loading needs is in this folder.
  case finished(folder: String)
}

/// A download and what happens in it. It runs on a thread of its own, begins when the sequence is iterated, and ends
/// when the iteration does: a task that is cancelled throws `CancellationError`, and leaves nothing half-named.
///
/// Events may be left out where they come faster than they are asked for; the last one is always `finished`.
public struct HubDownload: AsyncSequence, Sendable {
  /// What the sequence consists of.
  public typealias Element = HubEvent

  let hub: ModelHub
  let id: String
  let revision: String
  let files: ModelHub.Files
  let weightsFile: String?

  /// Begins the download.
  public func makeAsyncIterator() -> Iterator {
    let cancellation = CancellationFlag()
    let (stream, continuation) = AsyncThrowingStream.makeStream(
      of: HubEvent.self, bufferingPolicy: .bufferingNewest(64))
    continuation.onTermination = { _ in cancellation.set() }
    let started = startDetachedThread(named: "aiguard-hub") {
      do {
        let download = try SnapshotDownload(
          hub, id: id, revision: revision, files, weightsFile: weightsFile, cancellation
        ) {
          continuation.yield($0)
        }
        continuation.yield(.finished(folder: try download.run()))
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    if !started { continuation.finish(throwing: HubError.outOfResources) }
    return Iterator(stream: stream.makeAsyncIterator())
  }

  /// The events, one after the other.
  public struct Iterator: AsyncIteratorProtocol {
    var stream: AsyncThrowingStream<HubEvent, any Error>.Iterator

    /// The next event; `nil` after the last.
    ///
    /// - Throws: `HubError`, `CheckpointError`, `CancellationError`.
    public mutating func next() async throws -> HubEvent? {
      let event = try await stream.next()
      // A stream whose task is cancelled just ends.
      if event == nil { try Task.checkCancellation() }
      return event
    }
  }
}

extension ModelHub {
  /// Which of a model's files are wanted.
  public enum Files: Sendable, Equatable {
    /// All that loading a classifier needs: the configurations and the weights.
    case all
    /// The configurations alone: all that loading an image processor needs.
    case configuration
  }

  /// Brings what loading a classifier needs of a model into the cache: its configuration, that of its image processor,
  /// and its weights. Of an adapter that is its own files; its base is another model.
  ///
  /// - Parameters:
  ///   - id: The model's id, `organisation/name`.
  ///   - revision: A branch, a tag or a commit.
  ///   - files: Which of the files.
  ///   - weightsFile: The file of weights, or the index of several, where it is not to be the one that is preferred. An
  ///     adapter is not looked for then.
  public func download(
    _ id: String, revision: String = "main", files: Files = .all, weightsFile: String? = nil
  ) -> HubDownload {
    HubDownload(hub: self, id: id, revision: revision, files: files, weightsFile: weightsFile)
  }

  /// The folder in the cache with a model's files, which are downloaded where they are not there.
  ///
  /// - Parameters:
  ///   - id: The model's id, `organisation/name`.
  ///   - revision: A branch, a tag or a commit.
  ///   - files: Which of the files.
  ///   - weightsFile: The file of weights, or the index of several, where it is not to be the one that is preferred. An
  ///     adapter is not looked for then.
  /// - Throws: `HubError`, `CheckpointError`, `CancellationError`.
  public func folder(
    of id: String, revision: String = "main", files: Files = .all, weightsFile: String? = nil
  ) async throws -> String {
    var folder: String?
    for try await event in download(
      id, revision: revision, files: files, weightsFile: weightsFile)
    {
      if case .finished(let found) = event { folder = found }
    }
    // The sequence ends with `finished` or throws.
    guard let folder else { throw CancellationError() }
    return folder
  }

  /// The same on the caller's thread, which waits meanwhile.
  ///
  /// - Parameters:
  ///   - id: The model's id, `organisation/name`.
  ///   - revision: A branch, a tag or a commit.
  ///   - files: Which of the files.
  ///   - weightsFile: The file of weights, or the index of several, where it is not to be the one that is preferred. An
  ///     adapter is not looked for then.
  ///   - isCancelled: Whether to stop; asked several times a second.
  ///   - report: Told what happens.
  /// - Throws: As `folder(of:revision:files:)`, `CancellationError` where `isCancelled` says so.
  @available(*, noasync, message: "it blocks the thread; call folder(of:revision:files:)")
  public func folderAndWait(
    of id: String, revision: String = "main", files: Files = .all, weightsFile: String? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }, report: @escaping (HubEvent) -> Void = { _ in }
  ) throws -> String {
    try SnapshotDownload(
      self, id: id, revision: revision, files, weightsFile: weightsFile, CancellationFlag(or: isCancelled),
      report
    ).run()
  }
}
