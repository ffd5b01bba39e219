import Foundation

/// A Swift file, with what it imports.
struct SourceFile {
  /// From `Sources` on, such as `Platform/System.swift`.
  let path: String
  let text: String

  struct Import: Hashable {
    let module: String
    /// `internal`, `@_exported` and the like.
    let attributes: Set<String>
  }

  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The files of `Sources`, sorted, read once.
  static let all = Result { try files(in: "Sources") }

  /// The files in a folder of the package, but for those of packages of their own within it.
  static func names(in folder: String) -> [String] {
    let url = package.appendingPathComponent(folder)
    let enumerator = FileManager.default.enumerator(atPath: url.path)
    var names: [String] = []
    while let name = enumerator?.nextObject() as? String {
      if isPackage("\(folder)/\(name)") { enumerator?.skipDescendants() } else { names.append(name) }
    }
    return names
  }

  /// Whether a folder has a manifest of its own, Swift's or Python's.
  static func isPackage(_ folder: String) -> Bool {
    ["Package.swift", "pyproject.toml"].contains {
      FileManager.default.fileExists(atPath: package.appendingPathComponent("\(folder)/\($0)").path)
    }
  }

  /// The Swift files in a folder of the package, sorted.
  static func files(in folder: String) throws -> [SourceFile] {
    let url = package.appendingPathComponent(folder)
    return try names(in: folder).filter { $0.hasSuffix(".swift") }.sorted().map {
      SourceFile(path: $0, text: try String(contentsOf: url.appendingPathComponent($0), encoding: .utf8))
    }
  }

  /// `import X`, `internal import X`, `@_exported import struct X.Y`, whatever the indentation.
  let imports: [Import]

  init(path: String, text: String) {
    self.path = path
    self.text = text
    let attributes = /((?:@\w+(?:\([^)]*\))?\s+|\w+\s+)*)import\s+/
    let statement = /(?:(?:struct|class|enum|protocol|typealias|func|var|let|actor)\s+)?(\w+)/
    imports = text.split(separator: "\n").filter { $0.contains("import") }.compactMap { line in
      let line = line.drop(while: \.isWhitespace)
      guard let start = line.prefixMatch(of: attributes),
        let name = line[start.range.upperBound...].prefixMatch(of: statement)
      else { return nil }
      return Import(
        module: String(name.1),
        attributes: Set(start.1.split(whereSeparator: \.isWhitespace).map(String.init)))
    }
  }

  /// The folder of `Sources` that it stands in.
  var module: String { String(path.prefix { $0 != "/" }) }

  /// The names of the types that it declares.
  var types: [String] {
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "actor"]
    return text.split(separator: "\n").flatMap { line -> [String] in
      let words = line.split(separator: " ")
      guard let kind = words.firstIndex(where: kinds.contains), !words[..<kind].contains("import"),
        words.first?.hasPrefix("//") == false
      else { return [] }
      return words.dropFirst(kind + 1).prefix(1).map { String($0.prefix { $0.isLetter || $0.isNumber }) }
    }
  }
}
