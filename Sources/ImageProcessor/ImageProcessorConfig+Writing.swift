import JSONText

extension ImageProcessorConfig {
  /// The object that a `preprocessor_config.json` has for this configuration. It says everything, so that it means
  /// the same under any name of `ImageProcessorType`.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("image_processor_type", .string(ImageProcessorType.vit.rawValue)),
      ("do_convert_rgb", .bool(doConvertRGB)), ("do_resize", .bool(doResize)), ("size", size.json),
      ("resample", .integer(resample.rawValue)), ("do_center_crop", .bool(doCenterCrop)),
      ("do_rescale", .bool(doRescale)), ("rescale_factor", .number(rescaleFactor)),
      ("do_normalize", .bool(doNormalize)), ("image_mean", .array(imageMean.map { .number($0) })),
      ("image_std", .array(imageStd.map { .number($0) })),
    ]
    if let cropSize { members.append(("crop_size", cropSize.json)) }
    return .object(JSONObject(members: members.map { JSONObject.Member(key: $0, value: $1) }))
  }
}

extension ImageSize {
  /// The object that stands for this size.
  fileprivate var json: JSONValue {
    let sides: [(String, Int)] =
      switch self {
      case .exact(let height, let width): [("height", height), ("width", width)]
      case .shortestEdge(let edge, nil): [("shortest_edge", edge)]
      case .shortestEdge(let edge, let longest?): [("shortest_edge", edge), ("longest_edge", longest)]
      case .fitting(let height, let width): [("max_height", height), ("max_width", width)]
      case .longestEdge(let edge): [("longest_edge", edge)]
      case .pixelRange(let least, let most): [("min_pixels", least), ("max_pixels", most)]
      }
    return .object(JSONObject(members: sides.map { JSONObject.Member(key: $0, value: .integer($1)) }))
  }
}
