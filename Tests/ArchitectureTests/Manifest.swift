import Foundation

/// The targets of `Package.swift`, read as text: `swift package dump-package` would take longer than all else here.
struct Manifest {
  struct Target {
    let name: String
    /// Where its files lie, from the top of the package on.
    let folder: String
    /// Targets and products that it names.
    let dependencies: [String]
  }

  let targets: [Target]

  init(contentsOf url: URL) throws { self.init(try String(contentsOf: url, encoding: .utf8)) }

  /// - Parameter text: A manifest whose targets begin at an indentation of four, as the formatter has them.
  init(_ text: String) {
    let body = text.split(separator: "\n  targets: [\n", maxSplits: 1).last ?? ""
    var blocks: [[Substring]] = []
    for line in body.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
      if line.hasPrefix("    .") {
        blocks.append([line])
      } else if !blocks.isEmpty {
        blocks[blocks.count - 1].append(line)
      }
    }
    targets = blocks.compactMap { Self.target($0.joined(separator: "\n")) }
  }

  private static func target(_ text: String) -> Target? {
    guard let kind = text.firstMatch(of: /\.(\w+)\(/)?.1, let name = text.firstMatch(of: /name: "([^"]+)"/)?.1
    else {
      return nil
    }
    let folder =
      text.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) }
      ?? "\(kind == "testTarget" ? "Tests" : "Sources")/\(name)"
    return Target(name: String(name), folder: folder, dependencies: dependencies(text))
  }

  /// Plain strings of the list, and the names in `.target(name:)` and `.product(name:)`.
  private static func dependencies(_ text: String) -> [String] {
    guard let start = text.firstRange(of: "dependencies: [")?.upperBound else { return [] }
    var (found, depth, rest) = ([String](), 0, text[start...])
    while let character = rest.first, !(character == "]" && depth == 0) {
      if depth == 0, let plain = rest.prefixMatch(of: /"([^"]+)"/) {
        found.append(String(plain.1))
        rest = rest[plain.range.upperBound...]
        continue
      }
      if depth == 0, let named = rest.prefixMatch(of: /\.\w+\(\s*name: "([^"]+)"/) {
        found.append(String(named.1))
      }
      depth += "([".contains(character) ? 1 : ")]".contains(character) ? -1 : 0
      rest = rest.dropFirst()
    }
    return found
  }
}
