import JSONText

extension ImageSize {
  /// Reads a size: an integer, a list of height and width, or an object. Null is `nil`.
  ///
  /// - Parameter toSquare: Whether an integer means a square, or else the shorter side.
  init?(json: JSONValue, key: String, toSquare: Bool) throws(ImageProcessorConfigError) {
    switch json {
    case .null:
      return nil
    case .integer(let edge):
      self = toSquare ? .exact(height: edge, width: edge) : .shortestEdge(edge, longestEdge: nil)
    case .array(let sides):
      guard sides.count >= 2, let height = sides[0].integerValue, let width = sides[1].integerValue else {
        throw .wrongType(key: key, expected: "a list of height and width", found: json.summary)
      }
      self = .exact(height: height, width: width)
    case .object(let object):
      try self.init(object: object, key: key)
    default:
      throw .wrongType(key: key, expected: "an integer, a list or an object", found: json.summary)
    }
  }

  private init(object: JSONObject, key: String) throws(ImageProcessorConfigError) {
    let fields = ImageProcessorConfig.Fields(object, prefix: "\(key).")
    func side(_ name: String) throws(ImageProcessorConfigError) -> Int { try fields.required(name, .integer) }
    func optionalSide(_ name: String) throws(ImageProcessorConfigError) -> Int? {
      if object[name] == .null { return nil }
      return try side(name)
    }
    switch Set(object.members.map(\.key)) {
    case ["height", "width"]:
      self = .exact(height: try side("height"), width: try side("width"))
    case ["shortest_edge"]:
      self = .shortestEdge(try side("shortest_edge"), longestEdge: nil)
    case ["shortest_edge", "longest_edge"]:
      self = .shortestEdge(try side("shortest_edge"), longestEdge: try optionalSide("longest_edge"))
    case ["max_height", "max_width"]:
      self = .fitting(maxHeight: try side("max_height"), maxWidth: try side("max_width"))
    case ["longest_edge"]:
      self = .longestEdge(try side("longest_edge"))
    case ["min_pixels", "max_pixels"]:
      self = .pixelRange(min: try side("min_pixels"), max: try side("max_pixels"))
    case let keys:
      throw .unknownSizeKeys(key: key, found: keys.sorted())
    }
  }
}
