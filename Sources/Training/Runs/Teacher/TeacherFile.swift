import Checkpoint
import JSONText
import Platform

/// What one file says of images: names, and a logit for each label.
struct TeacherFile {
  /// As the file has them, paths or names.
  private(set) var names: [String] = []
  /// [names, labels].
  private(set) var logits: [Float] = []

  /// The most bytes of a file that are read: a line takes about 400, so that this is some five million images.
  static let maximumByteCount = 2 << 30

  /// - Parameter labels: Those that are learnt; logits come in their order.
  init(contentsOf path: String, labels: [String]) throws {
    if path.hasSuffix(".safetensors") {
      try readTensor(path, labels)
    } else {
      try readLines(path, labels)
    }
  }

  // MARK: JSON Lines

  private mutating func readLines(_ path: String, _ labels: [String]) throws {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileContents.read(path, limit: Self.maximumByteCount)
    } catch {
      throw TeacherError.unreadable(error)
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      try read(line, of: path, number: index + 1, labels)
    }
  }

  private mutating func read(
    _ line: ArraySlice<UInt8>, of file: String, number: Int, _ labels: [String]
  ) throws(TeacherError) {
    func invalid(_ reason: String) -> TeacherError { .invalidLine(file: file, line: number, reason: reason) }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: line, options: .python)
    } catch {
      throw invalid("\(error)")
    }
    guard let object = value.objectValue, let name = object["file"]?.stringValue else {
      throw invalid("it must be an object with the key file, as aiguard classify --json prints it")
    }
    if object["error"] != nil { throw invalid("it is an error and no result, for \(name)") }
    guard let entries = object["predictions"]?.arrayValue else { throw invalid("it has no predictions") }
    var found: [String: Double] = [:]
    for entry in entries {
      guard let prediction = entry.objectValue, let label = prediction["label"]?.stringValue,
        let logit = prediction["logit"]?.numberValue, logit.isFinite
      else { throw invalid("a prediction must have a label and a logit that is a finite number") }
      guard found.updateValue(logit, forKey: label) == nil else { throw invalid("a label is there twice") }
    }
    guard found.count == labels.count, labels.allSatisfy({ found[$0] != nil }) else {
      throw .otherLabels(file: file, line: number, found: found.keys.sorted(), expected: labels)
    }
    names.append(name)
    logits += labels.map { Float(found[$0] ?? 0) }
  }

  // MARK: Safetensors

  /// `logits`, [images, labels], with the names of both as JSON lists in the metadata under `files` and `labels`.
  private mutating func readTensor(_ path: String, _ labels: [String]) throws {
    let file = try SafetensorsFile(contentsOf: path)
    func strings(_ key: String) throws(TeacherError) -> [String] {
      let value = file.metadata[key].flatMap { try? JSONValue(parsing: Array($0.utf8), options: .python) }
      guard let entries = value?.arrayValue, case let strings = entries.compactMap(\.stringValue),
        strings.count == entries.count
      else {
        throw .invalidTensor(file: path, reason: "its metadata must have \(key), a JSON list of strings")
      }
      return strings
    }
    names = try strings("files")
    let found = try strings("labels")
    guard found.sorted() == labels.sorted(), Set(found).count == found.count else {
      throw TeacherError.otherLabels(file: path, line: nil, found: found, expected: labels)
    }
    guard let shape = file.tensors["logits"]?.shape, shape == [names.count, labels.count] else {
      throw TeacherError.invalidTensor(
        file: path,
        reason:
          "it must have a tensor logits of \([names.count, labels.count]), a row a file and a column a label")
    }
    let rows = try file.tensor("logits").elements
    guard rows.allSatisfy(\.isFinite) else {
      throw TeacherError.invalidTensor(file: path, reason: "a logit is not a finite number")
    }
    let order = labels.map { label in found.firstIndex(of: label) ?? 0 }
    logits = names.indices.flatMap { row in order.map { rows[row * labels.count + $0] } }
  }
}
