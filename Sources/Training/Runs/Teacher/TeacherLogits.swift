import JSONText
import Platform

/// A teacher's logits for each image that is learnt from.
///
/// A result belongs to the image whose name its path ends in, part by part (`/data/train/REAL/1.jpg` for
/// `train/REAL/1.jpg`); where its path is the shorter one, the image's name must end in it. `images` takes a folder of
/// the data set away from the names first. What could be two is an error, and so is an image without a result.
struct TeacherLogits: Sendable {
  let labelCount: Int
  /// [images, labels].
  let values: [Float]
  /// The SHA-256 of each file.
  let hashes: [(file: String, sha256: String)]

  /// - Parameters:
  ///   - folder: What the files' paths are relative to.
  ///   - names: Of the images, in their order.
  ///   - labels: Those that are learnt.
  /// - Throws: `TeacherError`; `CheckpointError` for a safetensors file.
  init(_ teachers: [TrainingRecipe.Teacher], folder: String, names: [String], labels: [String]) throws {
    labelCount = labels.count
    var values = [Float](repeating: 0, count: names.count * labels.count)
    var isKnown = [Bool](repeating: false, count: names.count)
    var hashes: [(file: String, sha256: String)] = []
    for teacher in teachers {
      let path =
        teacher.file.utf8.first == UInt8(ascii: "/") ? teacher.file : FilePath.join(folder, teacher.file)
      let file = try TeacherFile(contentsOf: path, labels: labels)
      hashes.append((teacher.file, try FileHash.sha256(of: path)))
      for (image, row) in try Self.matches(file.names, names, images: teacher.images) {
        if isKnown[image] { throw TeacherError.ambiguous(image: names[image], teacher: [path]) }
        isKnown[image] = true
        for label in labels.indices {
          values[image * labels.count + label] = file.logits[row * labels.count + label]
        }
      }
    }
    let missing = names.indices.filter { !isKnown[$0] }
    guard missing.isEmpty else {
      throw TeacherError.missing(
        count: missing.count, of: names.count, images: missing.prefix(3).map { names[$0] })
    }
    self.values = values
    self.hashes = hashes
  }

  /// The softened scores, [images, labels]: what can be mixed.
  func probabilities(temperature: Double) -> [Float] {
    var shares = values
    for start in stride(from: 0, to: values.count, by: labelCount) {
      let row = values[start..<start + labelCount].map { Double($0) / temperature }
      let most = row.max() ?? 0
      let sum = row.reduce(0) { $0 + exp($1 - most) }
      for (index, value) in row.enumerated() { shares[start + index] = Float(exp(value - most) / sum) }
    }
    return shares
  }

  /// A logit that softens to a share. What is too small for a share counts as the smallest there is.
  static func logit(of share: Float, temperature: Double) -> Float {
    Float(log(max(Double(share), Double(Float.leastNormalMagnitude))) * temperature)
  }

  func row(_ image: Int) -> ArraySlice<Float> { values[image * labelCount..<(image + 1) * labelCount] }

  /// Which result is which image's.
  private static func matches(
    _ results: [String], _ names: [String], images folder: String
  ) throws(TeacherError) -> [(image: Int, row: Int)] {
    let prefix = folder.isEmpty || folder.utf8.last == UInt8(ascii: "/") ? folder : folder + "/"
    var byName: [ExactString: [Int]] = [:]
    for (row, result) in results.enumerated() {
      byName[ExactString(FilePath.name(of: result)), default: []].append(row)
    }
    var owners: [Int: Int] = [:]
    var matches: [(image: Int, row: Int)] = []
    for (image, name) in names.enumerated() where name.utf8.starts(with: prefix.utf8) {
      let rest = String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
      let rows = byName[ExactString(FilePath.name(of: rest)), default: []]
        .filter { isEnd(of: results[$0], rest) || isEnd(of: rest, results[$0]) }
      guard let row = rows.first else { continue }
      if rows.count > 1 {
        throw .ambiguous(image: name, teacher: rows.prefix(3).map { results[$0] })
      }
      if let other = owners.updateValue(image, forKey: row) {
        throw .ambiguousResult(teacher: results[row], images: [names[other], name])
      }
      matches.append((image, row))
    }
    return matches
  }

  /// Whether a path ends in another, by whole parts.
  private static func isEnd(of path: String, _ end: String) -> Bool {
    let (path, end) = (path.utf8, end.utf8)
    guard path.count >= end.count, path.suffix(end.count).elementsEqual(end) else { return false }
    let rest = path.dropLast(end.count)
    return rest.isEmpty || rest.last == UInt8(ascii: "/")
  }
}
