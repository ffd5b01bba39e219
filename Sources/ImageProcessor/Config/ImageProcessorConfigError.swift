import Platform

/// Why a configuration cannot be used. Keys are named as in the file.
public enum ImageProcessorConfigError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file, or the object in it, is not a JSON object.
  case notAnObject(found: String)
  /// A key has a value of the wrong type.
  case wrongType(key: String, expected: String, found: String)
  /// A key is null or absent although another one needs it.
  case missing(key: String, neededBy: String)
  /// A list has not one entry for each of the three channels.
  case channelCount(key: String, count: Int)
  /// A size is not one of the accepted sets of keys.
  case unknownSizeKeys(key: String, found: [String])
  /// A valid configuration that the reference refuses when it is used, or that this library does not do.
  case unsupported(key: String, value: String)
  /// The files name no image processor and no model that would imply one.
  case noProcessorType
  /// An image processor that is none of `ImageProcessorType`.
  case unknownProcessorType(String)

  /// One line for a person: what is wrong, and what to do where there is something.
  public var description: String {
    switch self {
    case .notAnObject(let found):
      "an image processor's configuration is an object, but \(found) was found"
    case .wrongType(let key, let expected, let found):
      "\(key): expected \(expected), found \(found)"
    case .missing(let key, let neededBy):
      "\(key) must be given because \(neededBy) is true"
    case .channelCount(let key, let count):
      "\(key) has \(count) entries; an RGB image has 3 channels"
    case .unknownSizeKeys(let key, let found):
      "\(key): the keys \(found.joined(separator: ", ")) are not a size; use height and width, "
        + "shortest_edge with or without longest_edge, or max_height and max_width"
    case .unsupported(let key, let value):
      "\(key): \(value) is not supported"
    case .noProcessorType:
      "no image_processor_type in preprocessor_config.json, and no config.json whose model_type implies one"
    case .unknownProcessorType(let name):
      "the image processor \(name.printable) is not supported; supported: "
        + ImageProcessorType.allCases.map(\.rawValue).joined(separator: ", ")
    }
  }
}
