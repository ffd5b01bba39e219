import Foundation
import HTTPTypes

/// Which methods each path has, out of the document that describes the service: for 405, which the router does not know.
struct MethodTable: Sendable {
  /// A path's pieces, `nil` for a parameter, and its methods.
  private let paths: [(pieces: [Substring?], methods: [String])]

  /// Of `openapi.json`, and of the page's files, which have GET alone.
  static let standard: MethodTable = {
    struct Document: Decodable {
      /// Methods are members of a path's object beside others, such as `parameters`.
      struct Member: Decodable {
        init(from decoder: any Decoder) {}
      }

      var paths: [String: [String: Member]]
    }
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(PackageResources.openapi_json))
    else {
      preconditionFailure("openapi.json is built in and does not parse")
    }
    var paths = document.paths.mapValues { members in
      members.keys.filter { $0 != "parameters" }.map { $0.uppercased() }
    }
    for path in PageRoutes.paths { paths["/\(path)"] = ["GET"] }
    return MethodTable(paths)
  }()

  init(_ paths: [String: [String]]) {
    self.paths = paths.map { path, methods in
      let all = methods.contains("GET") ? methods + ["HEAD"] : methods
      return (Self.pieces(path).map { $0.hasPrefix("{") ? nil : $0 }, all.sorted())
    }
  }

  /// The methods that the path of a request has; none if there is no such path.
  func methods(of path: String) -> [String] {
    let pieces = Self.pieces(path)
    return Set(
      paths.filter { entry in
        entry.pieces.count == pieces.count
          && zip(entry.pieces, pieces).allSatisfy { $0 == nil || $0 == $1 }
      }.flatMap(\.methods)
    ).sorted()
  }

  private static func pieces(_ path: String) -> [Substring] { path.split(separator: "/") }
}
