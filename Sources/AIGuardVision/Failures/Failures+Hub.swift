#if Hub
  import ModelHub

  extension HubError: ClassificationFailure {
    /// 400 and 404 for what the caller named, 403 for what it may not have, 502 where the Hub's answer is to blame, 503
    /// where it did not answer or this machine has no resources, 500 for this machine's settings and disk.
    public var httpStatus: Int {
      switch self {
      case .invalidRepositoryID, .invalidRevision: 400
      case .gated: 403
      case .repositoryNotFound, .revisionNotFound, .fileNotFound, .noWeights, .otherWeights: 404
      case .http, .refused, .tooManyRedirects, .invalidResponse: 502
      case .invalidFileName, .sizeMismatch, .hashMismatch: 502
      case .network, .hostNotFound, .notCached, .outOfResources: 503
      case .invalidSetting, .noNetworking: 500
      case .file(let error): error.isOfInput ? 500 : error.httpStatus
      }
    }
  }
#endif
