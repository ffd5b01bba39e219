import Platform

extension ModelHub {
  /// A hub as the environment asks for it, by the rules of `huggingface_hub`.
  ///
  /// | variable | meaning |
  /// |---|---|
  /// | `HF_ENDPOINT` | the Hub's address |
  /// | `HF_HUB_CACHE`, else `HUGGINGFACE_HUB_CACHE`, else `$HF_HOME/hub` | the cache |
  /// | `HF_HOME` | `$XDG_CACHE_HOME/huggingface`, else `~/.cache/huggingface` |
  /// | `HF_TOKEN`, else `HUGGING_FACE_HUB_TOKEN`, else the file `HF_TOKEN_PATH`, else `$HF_HOME/token` | the token |
  /// | `HF_HUB_DISABLE_IMPLICIT_TOKEN` | whether no token is sent |
  /// | `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE` | whether to use the cache alone |
  /// | `HF_HUB_DISABLE_SYMLINKS` | whether the cache has no links |
  /// | `HF_HUB_ETAG_TIMEOUT`, `HF_HUB_DOWNLOAD_TIMEOUT` | seconds |
  /// | `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE` | certificates to trust |
  ///
  /// libcurl reads `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, all but `http_proxy` in capitals too.
  /// Telemetry is never sent, and Xet's protocol is not spoken, so that the variables for these have no effect.
  ///
  /// - Parameter variable: The value of an environment variable; by default that of the process.
  /// - Throws: `HubError.invalidSetting`, and `HubError.file` where the token cannot be read.
  public init(
    environment variable: ((String) -> String?)? = nil
  ) throws(HubError) {
    let variable = variable ?? { getenv($0).map { String(systemPath: $0) } }
    func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
    func path(_ name: String) -> String? { value(name).map { Self.expanded($0, value) } }
    func flag(_ name: String) -> Bool {
      value(name).map { ["1", "ON", "YES", "TRUE"].contains($0.uppercased()) } ?? false
    }

    let caches = path("XDG_CACHE_HOME") ?? Self.expanded("~/.cache", value)
    let home = path("HF_HOME") ?? FilePath.join(caches, "huggingface")
    var endpoint = value("HF_ENDPOINT") ?? "https://huggingface.co"
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    self.init(
      endpoint: endpoint,
      cacheFolder: path("HF_HUB_CACHE") ?? path("HUGGINGFACE_HUB_CACHE") ?? FilePath.join(home, "hub"),
      isOffline: flag("HF_HUB_OFFLINE") || flag("TRANSFORMERS_OFFLINE"))
    // A folder of that name below whatever the current one is would be no cache.
    guard !cacheFolder.hasPrefix("~") else { throw .invalidSetting(name: "HOME", value: "") }
    if !flag("HF_HUB_DISABLE_IMPLICIT_TOKEN") {
      token = try Self.token(
        [value("HF_TOKEN"), value("HUGGING_FACE_HUB_TOKEN")],
        file: path("HF_TOKEN_PATH") ?? FilePath.join(home, "token"))
    }
    usesSymbolicLinks = !flag("HF_HUB_DISABLE_SYMLINKS")
    certificates = path("REQUESTS_CA_BUNDLE") ?? path("CURL_CA_BUNDLE")
    for (name, timeout) in [
      ("HF_HUB_ETAG_TIMEOUT", \ModelHub.metadataTimeout), ("HF_HUB_DOWNLOAD_TIMEOUT", \.downloadTimeout),
    ] {
      guard let text = value(name) else { continue }
      guard let seconds = Int(text), (1...86_400).contains(seconds) else {
        throw .invalidSetting(name: name, value: text)
      }
      self[keyPath: timeout] = .seconds(seconds)
    }
  }

  private static func token(_ values: [String?], file path: String) throws(HubError) -> String? {
    for value in values {
      if let token = value?.trimmed, !token.isEmpty { return token }
    }
    do throws(FileError) {
      let bytes = try InputFile(path: path).contents(limit: 4096)
      let token = String(decoding: bytes, as: UTF8.self).trimmed
      return token.isEmpty ? nil : token
    } catch {
      if error.isNotFound { return nil }
      throw .file(error)
    }
  }

  /// A path with `~` and `$NAME` or `${NAME}` replaced, as Python's `expanduser` and `expandvars` do.
  private static func expanded(_ path: String, _ value: (String) -> String?) -> String {
    var result = ""
    var rest = path[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      let isBraced = rest.first == "{"
      let start = isBraced ? rest.dropFirst() : rest
      let name = start.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      let after = start[name.endIndex...]
      guard !name.isEmpty, !isBraced || after.first == "}", let value = value(String(name)) else {
        result += "$"
        continue
      }
      result += value
      rest = isBraced ? after.dropFirst() : after
    }
    result += rest
    if result == "~" || result.hasPrefix("~/"), let home = value("HOME") {
      result = home + result.dropFirst()
    }
    return result
  }
}

extension String {
  /// This text without white space around it.
  var trimmed: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
