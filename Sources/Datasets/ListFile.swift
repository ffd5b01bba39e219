import Platform

/// A list of images: CSV with the columns `path` and `label`, and `split` and `source` if it has them. Other columns are
/// left out. Paths are relative to the list's folder.
enum ListFile {
  /// The records of a list, in the order of their names.
  ///
  /// - Parameters:
  ///   - path: The list, for errors.
  ///   - folder: The list's own folder, relative to the data set.
  static func records(
    _ bytes: [UInt8], path: String, folder: String, content: some DatasetContent, limits: DatasetLimits
  ) throws(DatasetError) -> [ImageRecord] {
    var reader = CSVReader(bytes)
    func failure(_ line: Int, _ reason: String) -> DatasetError {
      .invalidList(path: path, line: line, reason: reason)
    }
    func next() throws(DatasetError) -> (fields: [String], line: Int)? {
      do throws(CSVReader.Problem) { return try reader.next() } catch {
        throw failure(error.line, error.reason)
      }
    }
    guard let header = try next() else {
      throw failure(1, "it is empty: it begins with `path,label,split,source`")
    }
    func column(_ name: String) throws(DatasetError) -> Int? {
      let columns = header.fields.indices.filter { ByteOrder.isEqual(header.fields[$0], name) }
      guard columns.count <= 1 else { throw failure(header.line, "there are two columns `\(name)`") }
      return columns.first
    }
    guard let pathColumn = try column("path"), let labelColumn = try column("label") else {
      throw failure(
        header.line, "it lacks a column `path` or `label`: it begins with `path,label,split,source`")
    }
    let (splitColumn, sourceColumn) = (try column("split"), try column("source"))

    var found: [(record: ImageRecord, line: Int)] = []
    while let (fields, line) = try next() {
      guard fields.count == header.fields.count else {
        throw failure(line, "\(fields.count) fields where the first line has \(header.fields.count)")
      }
      guard found.count < limits.entries else {
        throw .limitExceeded(
          path: path, limit: "entries", declared: found.count + 1, allowed: limits.entries)
      }
      let file = fields[pathColumn]
      if let problem = DatasetName.problem(file) { throw failure(line, "\"\(file.printable)\" \(problem)") }
      let name = folder.isEmpty ? file : FilePath.join(folder, file)
      guard !fields[labelColumn].isEmpty else { throw failure(line, "\"\(file.printable)\" has no label") }
      guard content.contains(name) else { throw failure(line, "there is no file \"\(file.printable)\"") }
      func text(_ column: Int?) -> String? { column.flatMap { fields[$0].isEmpty ? nil : fields[$0] } }
      found.append(
        (
          ImageRecord(
            name: name, label: fields[labelColumn], split: text(splitColumn), source: text(sourceColumn)),
          line
        ))
    }
    found.sort { ByteOrder.precedes($0.record.name, $1.record.name) }
    for (one, next) in zip(found, found.dropFirst())
    where ByteOrder.isEqual(one.record.name, next.record.name) {
      throw failure(
        max(one.line, next.line),
        "\"\(one.record.name.printable)\" is there already, in line \(min(one.line, next.line))")
    }
    return found.map(\.record)
  }
}
