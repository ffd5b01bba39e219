import Platform

/// Why a data set cannot be opened, or one of its images not be read.
public enum DatasetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What the system said of a file.
  case unreadable(FileError)
  /// The path is no folder, no zip archive and no list.
  case notADataset(path: String)
  /// Archives need zlib, which this build was made without.
  case archivesNotBuiltIn(path: String)
  /// The archive is damaged, or two readers could understand it differently.
  case invalidArchive(path: String, reason: String)
  /// The data of one entry of an archive is damaged, or is not what the directory says.
  case invalidEntry(path: String, name: String, reason: String)
  /// A name that leads out of the data set or could mean two things.
  case invalidName(path: String, name: String, reason: String)
  /// Two entries of an archive have one name.
  case duplicateName(path: String, name: String)
  /// The folders could mean several things.
  case ambiguousLayout(path: String, reason: String)
  /// An image that lies in no folder which could be its label.
  case unlabelledImage(path: String, name: String)
  /// There is no image.
  case noImages(path: String)
  /// A list that is no CSV or lacks something, with the number of the line, from 1.
  case invalidList(path: String, line: Int, reason: String)
  /// Names that no image has: the first ten, and how many there are.
  case unknownNames(path: String, names: [String], count: Int)
  /// No image belongs to this part of the data.
  case noSuchSplit(path: String, split: String, splits: [String])
  /// An image of which it is not said where it came from, where that is asked.
  case noSource(path: String, name: String)
  /// The images come from fewer sources than there are to be parts of whole sources, or there are to be fewer than two.
  case tooFewSources(path: String, sources: Int, parts: Int)
  /// Labels of the data for which the model has none.
  case unmappedLabels(labels: [String], modelLabels: [String])
  /// The data set declares more than is allowed; `limit` is the name of a field of `DatasetLimits`.
  case limitExceeded(path: String, limit: String, declared: Int, allowed: Int)
  /// libcrypto refused to compute a hash.
  case digest(DigestError)

  /// A short, stable name of the kind of failure, for machines to read.
  public var kind: String {
    switch self {
    case .unreadable: "unreadable-file"
    case .notADataset: "not-a-dataset"
    case .archivesNotBuiltIn: "not-built-in"
    case .invalidArchive: "invalid-archive"
    case .invalidEntry: "invalid-entry"
    case .invalidName: "invalid-name"
    case .duplicateName: "duplicate-name"
    case .ambiguousLayout: "ambiguous-layout"
    case .unlabelledImage: "unlabelled-image"
    case .noImages: "no-images"
    case .invalidList: "invalid-list"
    case .unknownNames: "unknown-names"
    case .noSuchSplit: "no-such-split"
    case .noSource: "no-source"
    case .tooFewSources: "too-few-sources"
    case .unmappedLabels: "unmapped-labels"
    case .limitExceeded: "limit-exceeded"
    case .digest: "digest"
    }
  }

  /// One line for a person: what is wrong, and what to do where there is something.
  public var description: String {
    switch self {
    case .unreadable(let error): return "\(error)"
    case .notADataset(let path):
      return "\(path.escaped): no folder of images, no zip archive, and no list whose name ends in .csv"
    case .archivesNotBuiltIn(let path):
      return "\(path.escaped): archives are read with zlib, and this build has none: build with the package "
        + "trait `PNG`, or unpack the archive"
    case .invalidArchive(let path, let reason): return "\(path.escaped): not a usable zip archive: \(reason)"
    case .invalidEntry(let path, let name, let reason):
      return "\(path.escaped): \"\(name.printable)\" \(reason)"
    case .invalidName(let path, let name, let reason):
      return "\(path.escaped): the name \"\(name.printable)\" \(reason)"
    case .duplicateName(let path, let name):
      return "\(path.escaped): \"\(name.printable)\" is there twice"
    case .ambiguousLayout(let path, let reason): return "\(path.escaped): \(reason)"
    case .unlabelledImage(let path, let name):
      return "\(path.escaped): \"\(name.printable)\" lies in no folder that could be its label: images are "
        + "in LABEL/..., SPLIT/LABEL/... or SPLIT/LABEL/SOURCE/..., or named in a list with their labels"
    case .noImages(let path):
      return "\(path.escaped): there are no images: no file in it is named like one (.jpg, .png, ...)"
    case .invalidList(let path, let line, let reason): return "\(path.escaped): line \(line): \(reason)"
    case .unknownNames(let path, let names, let count):
      let more = count > names.count ? ", and \(count - names.count) more" : ""
      return "\(path.escaped): no image has the name "
        + names.map { "\"\($0.printable)\"" }.joined(separator: ", ") + more
    case .noSuchSplit(let path, let split, let splits):
      let there = splits.isEmpty ? "it has none" : "it has " + splits.map(\.printable).joined(separator: ", ")
      return "\(path.escaped): no image belongs to the split \"\(split.printable)\": \(there)"
    case .noSource(let path, let name):
      return "\(path.escaped): it is not said which source \"\(name.printable)\" came from: images are in "
        + "LABEL/SOURCE/... or SPLIT/LABEL/SOURCE/..., or named in a list with their sources"
    case .tooFewSources(let path, let sources, let parts):
      return "\(path.escaped): \(sources) source\(sources == 1 ? "" : "s") cannot be \(parts) parts of whole "
        + "sources, of which there have to be 2 or more"
    case .unmappedLabels(let labels, let modelLabels):
      func quoted(_ texts: [String]) -> String {
        texts.map { "\"\($0.printable)\"" }.joined(separator: ", ")
      }
      return "the model has no label for \(quoted(labels)): it has \(quoted(modelLabels)); "
        + "say which label of the data is which of the model"
    case .limitExceeded(let path, let limit, let declared, let allowed):
      return "\(path.escaped): \(declared) is above the limit of \(allowed) (\(limit))"
    case .digest(let error): return "\(error)"
    }
  }

  static func reading<Result>(_ body: () throws(FileError) -> Result) throws(DatasetError) -> Result {
    do throws(FileError) { return try body() } catch { throw .unreadable(error) }
  }
}
