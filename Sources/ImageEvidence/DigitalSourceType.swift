/// How an image came to be, in the terms of IPTC's vocabulary (of October 2024) and C2PA's two additions.
public enum DigitalSourceType: String, Sendable, Codable, CaseIterable {
  case digitalCapture, computationalCapture
  case negativeFilm, positiveFilm, print
  case minorHumanEdits, humanEdits
  case algorithmicallyEnhanced
  case softwareImage
  case digitalArt, digitalCreation
  case dataDrivenMedia
  case trainedAlgorithmicMedia
  case algorithmicMedia
  case screenCapture
  case virtualRecording
  case composite, compositeCapture, compositeSynthetic
  case compositeWithTrainedAlgorithmicMedia
  /// C2PA's: an empty canvas.
  case empty
  /// C2PA's: data made by a trained model.
  case trainedAlgorithmicData

  /// What a term means for the question whether an image is a photograph or generated.
  public enum Class: String, Sendable, Codable, CaseIterable {
    /// Sampled from reality: camera, scanner.
    case captured
    /// Captured and edited by people or by algorithms; an enhancement may have been a trained model's.
    case edited
    /// Made by a trained model.
    case generated
    /// Captured material that a trained model changed or extended.
    case partlyGenerated
    /// Parts of which some may be synthetic.
    case mayContainGenerated
    /// Neither captured nor made by a trained model: drawings, charts, procedural and recorded virtual worlds.
    case otherwiseMade
    /// Says nothing of the content: screenshots, empty canvases.
    case unknown
  }

  /// The class of the term. `algorithmicMedia` is synthetic, but made without training data.
  public var meaning: Class {
    switch self {
    case .digitalCapture, .computationalCapture, .negativeFilm, .positiveFilm, .print, .compositeCapture:
      .captured
    case .minorHumanEdits, .humanEdits, .algorithmicallyEnhanced: .edited
    case .trainedAlgorithmicMedia, .trainedAlgorithmicData: .generated
    case .compositeWithTrainedAlgorithmicMedia: .partlyGenerated
    case .composite, .compositeSynthetic: .mayContainGenerated
    case .digitalArt, .digitalCreation, .dataDrivenMedia, .algorithmicMedia, .virtualRecording: .otherwiseMade
    case .softwareImage, .screenCapture, .empty: .unknown
    }
  }

  /// The term that `text` names: as a URI, as `digsrctype:` and the term, or alone; `nil` for others.
  ///
  /// Terms are compared as they are spelled first, and then without regard to case.
  public init?(_ text: String) {
    var name = Substring(text)
    while let first = name.first, first.isWhitespace { name.removeFirst() }
    while let last = name.last, last.isWhitespace || last == "/" { name.removeLast() }
    if let slash = name.lastIndex(of: "/") { name = name[name.index(after: slash)...] }
    for prefix in ["digsrctype:", "c2pa."] where name.hasPrefix(prefix) {
      name = name.dropFirst(prefix.count)
    }
    if let term = Self(rawValue: String(name)) {
      self = term
      return
    }
    let lower = name.lowercased()
    guard let term = Self.allCases.first(where: { $0.rawValue.lowercased() == lower }) else { return nil }
    self = term
  }

  /// The term's URI in the vocabulary that it is of.
  public var uri: String {
    switch self {
    case .empty, .trainedAlgorithmicData: "http://c2pa.org/digitalsourcetype/\(rawValue)"
    default: "http://cv.iptc.org/newscodes/digitalsourcetype/\(rawValue)"
    }
  }
}
