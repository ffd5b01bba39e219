import ImageDecoding
import Platform

/// Labelled images in a folder, in a zip archive or in a list.
///
/// - A **folder** of labelled folders: `LABEL/name`, `SPLIT/LABEL/name`, `SPLIT/LABEL/SOURCE/name`, or `LABEL/SOURCE/name`.
///   The folders at the top are splits where all are named like one (`DatasetSplit`), and labels where none is; what is
///   between is refused, and `DatasetOptions.layout` and `root` say what is meant. Folders further down belong to the
///   name. Files whose names end like no image's are passed over (`otherFileCount`), hidden ones and links to folders
///   are not looked at.
/// - A **zip archive** of such, read in place: stored or deflated entries, ZIP64. Entries that overlap, are encrypted, are
///   there twice or have names that lead out of it are refused. An entry's checksum is checked whenever it is read.
/// - A **list**, CSV by RFC 4180 in UTF-8 whose first line has `path` and `label`, and may have `split`, `source` and others,
///   which are left out. Paths are relative to the list. One inside a folder or an archive has the last word on its
///   labels if it is asked for (`DatasetOptions.list`).
///
/// An immutable value, which any number of threads may read from. Only names and places are held in memory.
public struct ImageDataset: Sendable {
  /// The path of the folder, archive or list.
  public let path: String
  /// The images in the order of the bytes of their names.
  public let records: [ImageRecord]
  /// How many files were passed over because their names end like no image's, or no list named them.
  public let otherFileCount: Int
  /// What reading an image may cost.
  public let limits: DatasetLimits
  private let content: any DatasetContent

  /// Opens a data set.
  ///
  /// - Throws: `DatasetError`, also where there is no image.
  public init(path: String, options: DatasetOptions = .default) throws(DatasetError) {
    if !options.root.isEmpty, let problem = DatasetName.problem(options.root) {
      throw .invalidName(path: path, name: options.root, reason: problem)
    }
    if let list = options.list, let problem = DatasetName.problem(list) {
      throw .invalidName(path: path, name: list, reason: problem)
    }
    if FilePath.isFolder(path) {
      let folder = options.root.isEmpty ? path : FilePath.join(path, options.root)
      try self.init(path, FolderContent(folder: folder, limits: options.limits), options)
      return
    }
    let file = try DatasetError.reading { () throws(FileError) in try InputFile(path: path) }
    let head = try DatasetError.reading { () throws(FileError) in
      try file.bytes(at: 0..<min(4, file.byteCount))
    }
    // A local header, or the end record of an archive without entries.
    if head.elementsEqual([0x50, 0x4B, 3, 4]) || head.elementsEqual([0x50, 0x4B, 5, 6]) {
      let mapped = try DatasetError.reading { () throws(FileError) in try MappedFile(file) }
      try self.init(
        path,
        try ArchiveContent(mapped, path: path, root: options.root, limits: options.limits), options)
      return
    }
    guard FilePath.name(of: path).lowercased().hasSuffix(".csv") else { throw .notADataset(path: path) }
    let folder = FilePath.folder(of: path)
    let content = FolderContent(
      folder: options.root.isEmpty ? folder : FilePath.join(folder, options.root), limits: options.limits)
    guard file.byteCount <= options.limits.listBytes else {
      throw .limitExceeded(
        path: path, limit: "listBytes", declared: file.byteCount, allowed: options.limits.listBytes)
    }
    let bytes = try DatasetError.reading { () throws(FileError) in
      try file.contents(limit: options.limits.listBytes)
    }
    let records = try ListFile.records(
      bytes, path: path, folder: "", content: content, limits: options.limits)
    guard !records.isEmpty else { throw .noImages(path: path) }
    self.init(path: path, records: records, otherFileCount: 0, limits: options.limits, content: content)
  }

  private init(
    _ path: String, _ content: some DatasetContent, _ options: DatasetOptions
  ) throws(DatasetError) {
    let names = try content.names()
    let records: [ImageRecord]
    if let list = options.list {
      let bytes = try content.bytes(of: list, limit: options.limits.listBytes, limitName: "listBytes")
      records = try ListFile.records(
        bytes, path: FilePath.join(path, list), folder: FilePath.folder(of: list), content: content,
        limits: options.limits)
    } else {
      records = try FolderLayout(path: path, layout: options.layout).records(
        names.filter(DatasetName.isImage))
    }
    guard !records.isEmpty else { throw .noImages(path: path) }
    self.init(
      path: path, records: records, otherFileCount: max(0, names.count - records.count),
      limits: options.limits, content: content)
  }

  private init(
    path: String, records: [ImageRecord], otherFileCount: Int, limits: DatasetLimits,
    content: any DatasetContent
  ) {
    self.path = path
    self.records = records
    self.otherFileCount = otherFileCount
    self.limits = limits
    self.content = content
  }

  /// The same data set with some of its images, which are records of this one, in order.
  func with(_ records: [ImageRecord]) -> ImageDataset {
    ImageDataset(
      path: path, records: records, otherFileCount: otherFileCount, limits: limits, content: content)
  }

  /// The bytes of an image's file. They are read when they are asked for and not kept.
  ///
  /// - Throws: `DatasetError`: what the system says, an archive's entry that is damaged, a file above
  ///   `limits.imageBytes`, a record of another data set.
  public func bytes(of record: ImageRecord) throws(DatasetError) -> [UInt8] {
    guard let index = index(of: record.name) else {
      throw .unknownNames(path: path, names: [record.name], count: 1)
    }
    return try content.bytes(of: records[index].name, limit: limits.imageBytes, limitName: "imageBytes")
  }

  /// The place in `records` of the image with a name; `nil` where none has it.
  public func index(of name: String) -> Int? {
    ByteOrder.index(of: name, count: records.count) { records[$0].name }
  }
}
