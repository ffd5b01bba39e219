import Datasets

/// What each image of a data set is to be taken for: a row of numbers for each.
public struct TargetTable: Sendable {
  private enum Content: Sendable {
    case classes([Int32])
    case rows([Float])
  }

  /// The numbers of a row.
  public let width: Int
  /// The images.
  public let count: Int
  private let content: Content

  /// A class for each image: a row of zeros with a one.
  ///
  /// - Parameters:
  ///   - classes: By the images' indices.
  ///   - count: How many classes there are.
  /// - Throws: `TrainingDataError` for a class that is not among them.
  public init(classes: [Int], count: Int) throws(TrainingDataError) {
    if let stranger = classes.first(where: { $0 < 0 || $0 >= count || $0 > Int(Int32.max) }) {
      throw TrainingDataError(.targets(expected: count, found: stranger))
    }
    width = count
    self.count = classes.count
    content = .classes(classes.map { Int32($0) })
  }

  /// A row of numbers for each image, such as a teacher's probabilities.
  ///
  /// - Parameters:
  ///   - rows: [images, width], by the images' indices.
  ///   - width: The numbers of a row.
  /// - Throws: `TrainingDataError` where they are not whole rows.
  public init(rows: [Float], width: Int) throws(TrainingDataError) {
    guard width > 0, rows.count.isMultiple(of: width) else {
      throw TrainingDataError(.targets(expected: width, found: rows.count))
    }
    self.width = width
    count = rows.count / width
    content = .rows(rows)
  }

  /// A row of numbers for each image, found by the image's name.
  ///
  /// - Throws: `TrainingDataError` for an image that there is no row for, or one of another width.
  public init(
    _ records: [ImageRecord], width: Int, row: (_ name: String) -> [Float]?
  ) throws(TrainingDataError) {
    var rows: [Float] = []
    for record in records {
      guard let found = row(record.name) else {
        throw TrainingDataError(.missingTarget(name: record.name))
      }
      guard found.count == width else {
        throw TrainingDataError(.targets(expected: width, found: found.count))
      }
      rows += found
    }
    try self.init(rows: rows, width: width)
  }

  /// Appends an image's row.
  func append(_ image: Int, to rows: inout [Float]) {
    switch content {
    case .classes(let classes):
      let start = rows.count
      rows += repeatElement(0, count: width)
      rows[start + Int(classes[image])] = 1
    case .rows(let table): rows += table[image * width..<(image + 1) * width]
    }
  }
}
