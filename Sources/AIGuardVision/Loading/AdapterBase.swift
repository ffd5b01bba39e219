import Checkpoint

/// Where the base of an adapter is to be had.
package enum AdapterBase: Equatable {
  case folder(String)
  /// A model on the Hub.
  case hub(id: String, revision: String)

  /// Looks where the base of an adapter is.
  ///
  /// As in transformers, whole weights in the adapter's own folder are its base, unless the folder comes from the Hub.
  ///
  /// - Parameters:
  ///   - folder: A model's folder, with an adapter or without.
  ///   - isOfHub: Whether it is in the cache of the Hub.
  ///   - named: A folder, or an id on the Hub, whatever the adapter says.
  /// - Returns: `nil` where there is no adapter, or where loading finds out.
  package static func find(
    for folder: String, isOfHub: Bool, named: String?
  ) throws(CheckpointError) -> AdapterBase? {
    let files = ModelFolder(folder)
    guard files.hasAdapter else { return named.map(AdapterBase.folder) }
    if let named { return place(named, revision: nil) ?? .folder(named) }
    if !isOfHub, files.hasConfig, files.hasWeights { return nil }
    let config = try AdapterConfig(contentsOf: files.adapterConfigPath)
    return config.baseModel.flatMap { place($0, revision: config.revision) }
  }

  /// A folder where there is one of that name, as in Python; else what could be an id.
  private static func place(_ name: String, revision: String?) -> AdapterBase? {
    if ModelFolder(name).exists { return .folder(name) }
    #if Hub
      if ModelHub.isRepositoryID(name) { return .hub(id: name, revision: revision ?? "main") }
    #endif
    return nil
  }
}
