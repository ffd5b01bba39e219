/// Models on the Hugging Face Hub, and the cache of them that Python's `huggingface_hub` keeps: what either has
/// downloaded, the other uses.
///
/// ```swift
/// let hub = try ModelHub()
/// for try await event in hub.download("AashishKumar/AIvisionGuard-v2") { print(event) }
/// let folder = try await hub.folder(of: "AashishKumar/AIvisionGuard-v2")
/// ```
///
/// This is the only part of the package that opens a socket, and it does so only for files that the cache does not
/// have, and to ask what commit a branch or tag is at.
public struct ModelHub: Sendable, Equatable {
  /// The Hub's address without a slash at the end: `HF_ENDPOINT`.
  public var endpoint: String
  /// The folder of the cache, which is made when it is needed: `HF_HUB_CACHE`.
  public var cacheFolder: String
  /// What is sent with every request to the endpoint, and to nobody else: `HF_TOKEN`.
  public var token: String?
  /// Whether to use the cache alone: `HF_HUB_OFFLINE`.
  public var isOffline: Bool
  /// Whether the cache may have links; else a file is moved to where a link to it would be.
  public var usesSymbolicLinks = true
  /// How long connecting may take, and how long nothing may arrive, when a file is asked about: from a millisecond to a
  /// day. Another duration is `HubError.invalidSetting` when something is asked for, as with the limits below.
  public var metadataTimeout = Duration.seconds(10)
  /// The same while the content of a file comes.
  public var downloadTimeout = Duration.seconds(10)
  /// How often a request is tried again that failed in a way that may pass; not negative.
  public var retries = 5
  /// The time before the second try; every further one waits twice as long, at most eight times this. At most a
  /// day.
  public var retryDelay = Duration.seconds(1)
  /// The largest file in bytes that is downloaded; not negative.
  public var maximumFileByteCount = 1 << 36
  /// A file with the certificates to trust instead of the system's: `REQUESTS_CA_BUNDLE` or `CURL_CA_BUNDLE`.
  public var certificates: String?

  /// A hub with these settings and no others.
  public init(
    endpoint: String = "https://huggingface.co", cacheFolder: String, token: String? = nil,
    isOffline: Bool = false
  ) {
    self.endpoint = endpoint
    self.cacheFolder = cacheFolder
    self.token = token
    self.isOffline = isOffline
  }

  /// Whether a text could be the id of a model: `organisation/name` or `name`.
  public static func isRepositoryID(_ string: String) -> Bool { (try? RepositoryID(string)) != nil }
}
