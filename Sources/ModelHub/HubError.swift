import Checkpoint
import Platform

/// Why a model could not be had from the Hub or from its cache.
///
/// A call whose task is cancelled throws `CancellationError` instead.
public enum HubError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An id that no repository can have.
  case invalidRepositoryID(String)
  /// A revision that is no name of a branch, a tag or a commit.
  case invalidRevision(String)
  /// A file name that leads out of the repository.
  case invalidFileName(String)
  /// An environment variable, or a setting of the same meaning, has a value that cannot be used.
  case invalidSetting(name: String, value: String)
  /// There is no such repository, or it is private and the token, if there is one, does not open it.
  case repositoryNotFound(id: String, message: String)
  /// The repository has no such branch, tag or commit.
  case revisionNotFound(id: String, revision: String)
  /// The repository has no such file.
  case fileNotFound(id: String, revision: String, file: String)
  /// The repository has no weights in a form that is read.
  case noWeights(id: String, revision: String)
  /// The repository has weights in other forms or under other names only: these files.
  case otherWeights(id: String, revision: String, files: [String])
  /// Access to the repository has to be asked for on its page.
  case gated(id: String, message: String)
  /// The server answered with a status that says that it cannot or will not.
  case http(url: String, status: Int, message: String)
  /// There is no connection, or it broke as often as was tried.
  case network(url: String, message: String)
  /// The host has no address, or no name server says which. Tried once, unless an answer came before.
  case hostNotFound(url: String, message: String)
  /// A request that cannot be made: a certificate, a proxy, an unusable URL.
  case refused(url: String, message: String)
  /// The server leads from one URL to the next without end.
  case tooManyRedirects(url: String)
  /// The server's answer is not that of a Hub.
  case invalidResponse(url: String, reason: String)
  /// A file came with another length than was announced.
  case sizeMismatch(file: String, expected: Int, found: Int)
  /// A file came with another content than was announced.
  case hashMismatch(file: String, expected: String, found: String)
  /// A file is not in the cache, and the network is not to be used, or cannot be (`reason`).
  case notCached(id: String, revision: String, file: String, reason: String)
  /// The cache cannot be read or written.
  case file(FileError)
  /// There is no libcurl to download with, for this reason.
  case noNetworking(String)
  /// There is no memory, or the system refused a thread.
  case outOfResources

  /// A short, stable name of the kind of failure, for machines to read: the case's name, in lower case with hyphens.
  public var kind: String {
    switch self {
    case .invalidRepositoryID: "invalid-repository-id"
    case .invalidRevision: "invalid-revision"
    case .invalidFileName: "invalid-file-name"
    case .invalidSetting: "invalid-setting"
    case .repositoryNotFound: "repository-not-found"
    case .revisionNotFound: "revision-not-found"
    case .fileNotFound: "file-not-found"
    case .noWeights: "no-weights"
    case .otherWeights: "other-weights"
    case .gated: "gated"
    case .http: "http"
    case .network: "network"
    case .hostNotFound: "host-not-found"
    case .refused: "refused"
    case .tooManyRedirects: "too-many-redirects"
    case .invalidResponse: "invalid-response"
    case .sizeMismatch: "size-mismatch"
    case .hashMismatch: "hash-mismatch"
    case .notCached: "not-cached"
    case .file: "unreadable-file"
    case .noNetworking: "no-networking"
    case .outOfResources: "out-of-resources"
    }
  }

  /// One line for a person: what is wrong, and what to do where there is something.
  public var description: String {
    switch self {
    case .invalidRepositoryID(let id):
      "\"\(id.printable)\" is neither a folder nor the id of a model, such as organisation/name"
    case .invalidRevision(let revision): "\"\(revision.printable)\" is no branch, tag or commit"
    case .invalidFileName(let name): "\"\(name.printable)\" is no file name inside a repository"
    case .invalidSetting(let name, let value): "\(name) is \"\(value.printable)\", which cannot be used"
    case .repositoryNotFound(let id, let message):
      "\(id.printable): no such model on the Hub, or it is private: if you may use it, set HF_TOKEN"
        + Self.aside(message)
    case .revisionNotFound(let id, let revision):
      "\(id.printable): no branch, tag or commit \"\(revision.printable)\""
    case .fileNotFound(let id, let revision, let file):
      "\(id.printable) has no \(file.printable) at \(revision.printable)"
    case .noWeights(let id, let revision):
      "\(id.printable) has no weights at \(revision.printable): there is none of "
        + ModelFolder.weightFileNames.joined(separator: ", ")
    case .otherWeights(let id, let revision, let files):
      "\(id.printable) at \(revision.printable): " + ModelFolder.explanation(ofOtherWeights: files)
    case .gated(let id, let message):
      "\(id.printable): access has to be granted: ask for it on the model's page, and set HF_TOKEN"
        + Self.aside(message)
    case .http(let url, let status, let message):
      "\(url.printable): HTTP status \(status)" + Self.aside(message)
    case .network(let url, let message): "\(url.printable): \(message.printable)"
    case .hostNotFound(let url, let message): "\(url.printable): \(message.printable)"
    case .refused(let url, let message): "\(url.printable): \(message.printable)"
    case .tooManyRedirects(let url): "\(url.printable): too many redirects"
    case .invalidResponse(let url, let reason):
      "\(url.printable): not an answer of a Hub: \(reason.printable)"
    case .sizeMismatch(let file, let expected, let found):
      "\(file.printable): \(found) bytes came where \(expected) were announced"
    case .hashMismatch(let file, let expected, let found):
      "\(file.printable): what came has the hash \(found), announced was \(expected.printable)"
    case .notCached(let id, let revision, let file, let reason):
      "\(id.printable): \(file.printable) at \(revision.printable) is not in the cache, and \(reason.printable)"
    case .file(let error): "\(error)"
    case .noNetworking(let reason): "nothing can be downloaded: \(reason.printable)"
    case .outOfResources: "the system refused memory or a thread for the download"
    }
  }

  /// Whether the Hub could not be asked, or would not answer: what is in the cache may do.
  var isOfTheConnection: Bool {
    switch self {
    case .network, .hostNotFound, .http, .refused, .noNetworking, .repositoryNotFound, .gated: true
    default: false
    }
  }

  private static func aside(_ message: String) -> String {
    message.isEmpty ? "" : " (\(message.printable))"
  }
}
