#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform

  /// Why there is no model of a name.
  enum ModelNotFound: Error, CustomStringConvertible {
    /// Neither a folder is there, nor did the Hub have it or answer.
    case noFolder(String, any Error)
    case notAFolder(String)
    /// A URL, and what to do instead.
    case url(String, String)
    /// Ctrl-C, or a request to end.
    case interrupted(String)
    /// No model of that name is built in.
    case noBuiltIn(String)
    /// A built-in model where a folder's files are needed.
    case builtIn(String)

    var description: String {
      switch self {
      case .noFolder(let name, let error):
        "there is no folder \"\(name.printable)\", and as a model's id on the Hub: \(error)"
      case .notAFolder(let name):
        "\"\(name.printable)\" is a file, and a model is a folder with its configuration beside the weights"
      case .interrupted(let name):
        "the download of \(name.printable) was interrupted; it begins anew with the next"
      case .noBuiltIn(let name):
        "no model \"\(name.printable)\" is built in: \(BuiltInModel.names) are; a folder of that name is ./\(name.printable)"
      case .builtIn(let name):
        "\(name.printable) is built in and has no files of its own, which this command needs; name a folder or an id on the "
          + "Hub"
      case .url(let name, let advice): "\"\(name.printable)\": \(advice)"
      }
    }
  }

  /// A model as it is named on the command line: a folder, or an id on the Hub.
  enum ModelArgument {
    /// A model's folder, the id to name it by where it has one, and where the base of an adapter is, unless it is there too.
    struct Place {
      let folder: String
      var id: String?
      var base: String?
    }

    /// The model's folder. What the cache of the Hub does not have is downloaded.
    ///
    /// - Parameters:
    ///   - weights: The file of weights that is wanted. An adapter is left out then.
    ///   - base: A folder, or an id on the Hub, with the base of an adapter, whatever it says itself.
    /// - Throws: `ModelNotFound`, `FileError`, `HubError`, `CheckpointError`.
    static func find(_ name: String, revision: String?, weights: String?, base: String?) throws -> Place {
      var place = try find(name, revision: revision, weights: weights)
      guard weights == nil else { return place }
      let found = try AdapterBase.find(for: place.folder, isOfHub: place.id != nil, named: base)
      if case .folder(let folder)? = found { place.base = folder }
      #if Hub
        if case .hub(let id, let revision)? = found {
          place.base = try download(id, revision: revision)
        }
      #endif
      return place
    }

    private static func find(_ name: String, revision: String?, weights: String?) throws -> Place {
      if try BuiltInModel(named: name) != nil { throw ModelNotFound.builtIn(name) }
      switch FileKind(of: name) {
      case .folder: return Place(folder: name)
      case .file, .other: throw ModelNotFound.notAFolder(name)
      // What may be there and may not be looked at is not asked for elsewhere.
      case .unknown(let code): throw FileError(path: name, reason: .system(call: "stat", code: code))
      case .missing:
        // No model of the Hub is called like a file of weights that is read.
        if [".safetensors", ".bin", ".json"].contains(where: name.hasSuffix) {
          throw FileError(path: name, reason: .system(call: "stat", code: ENOENT))
        }
      }
      if let advice = URLArgument.modelAdvice(name) { throw ModelNotFound.url(name, advice) }
      #if Hub
        do {
          return Place(
            folder: try download(name, revision: revision ?? "main", weights: weights), id: name)
        } catch HubError.invalidRepositoryID(let id) {
          // This says that it is no folder.
          throw HubError.invalidRepositoryID(id)
        } catch let error as HubError {
          throw ModelNotFound.noFolder(name, error)
        }
      #else
        return Place(folder: name)
      #endif
    }

    #if Hub
      /// The folder in the cache with a model of the Hub, which is brought there where it is not, for people to watch
      /// and to interrupt.
      ///
      /// - Throws: `HubError`, `CheckpointError`, `ModelNotFound`.
      static func download(_ id: String, revision: String, weights: String? = nil) throws -> String {
        let bar = DownloadProgress()
        defer { bar.clear() }
        let interruption = Interruption()
        defer { interruption.end() }
        do {
          return try ModelHub().folderAndWait(
            of: id, revision: revision, weightsFile: weights, isCancelled: { Interruption.isRequested },
            report: bar.show)
        } catch is CancellationError {
          throw ModelNotFound.interrupted(id)
        }
      }
    #endif
  }
#endif
