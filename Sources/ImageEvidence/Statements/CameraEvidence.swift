/// What EXIF says of a camera. All of it can be written by anybody: consistency supports, and proves nothing.
///
/// Strings stand as in the file, unescaped.
public struct CameraEvidence: Sendable, Hashable, Codable {
  /// 0: no camera; 1: a make or model; 2: an exposure within what is possible, too; 3: a maker note that fits the make,
  /// too; 4: size and times agree, too.
  public var grade = 0
  /// The maker.
  public var make: String?
  /// The model.
  public var model: String?
  /// The lens.
  public var lensModel: String?
  /// In seconds, as the fraction that stands there.
  public var exposureTime: String?
  /// The number of the aperture.
  public var fNumber: Double?
  /// The sensitivity.
  public var isoSpeed: Int?
  /// In millimetres.
  public var focalLength: Double?
  /// When the image was taken, as it stands there.
  public var dateTimeOriginal: String?
  /// The program that wrote the file.
  public var software: String?
  /// Whose form the maker note has.
  public var makerNote: String?
  /// What contradicts an untouched original, by the names of fields: `pixelDimensions`, `software`, `makerNote`,
  /// `shutterSpeed`, `aperture`, `dateTime`.
  public var contradictions: [String] = []

  init() {}

  init(_ block: EXIFBlock, width: Int?, height: Int?) {
    make = Self.name(block.text(.first, 0x010F))
    model = Self.name(block.text(.first, 0x0110))
    lensModel = block.text(.exif, 0xA434)
    if let (top, bottom) = block[.exif, 0x829A]?.fractions.first { exposureTime = "\(top)/\(bottom)" }
    fNumber = block.number(0x829D)
    isoSpeed = block[.exif, 0x8827]?.integers.first
    focalLength = block.number(0x920A)
    dateTimeOriginal = block.text(.exif, 0x9003)
    software = block.text(.first, 0x0131)
    let note = block[.exif, 0x927C]?.bytes
    let maker = note.flatMap { Self.maker(of: $0, make: make) }
    makerNote = maker
    contradict(block, width: width, height: height)
    guard make != nil || model != nil else { return }
    grade = 1
    guard hasExposure(block) else { return }
    grade = 2
    guard maker != nil, !contradictions.contains("makerNote") else { return }
    grade = 3
    let (original, digitized) = (dateTimeOriginal, block.text(.exif, 0x9004))
    if contradictions.isEmpty, width != nil, block[.exif, 0xA002] != nil, original != nil,
      original == digitized,
      block[.exif, 0x9291] != nil
    {
      grade = 4
    }
  }

  /// A make or model that could be one: generators write graphs and their own names there.
  private static func name(_ text: String?) -> String? {
    guard let text, text.utf8.count < 64, !text.contains("{"), GeneratorNames.tool(text) == nil,
      !["workflow:", "prompt:"].contains(where: { text.lowercased().hasPrefix($0) }),
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { return nil }
    return text
  }

  private func hasExposure(_ block: EXIFBlock) -> Bool {
    guard let time = block.number(0x829A), let fNumber, let isoSpeed else { return false }
    return time > 0 && time <= 3_600 && fNumber >= 0.5 && fNumber <= 128 && isoSpeed > 0
      && !contradictions.contains("shutterSpeed") && !contradictions.contains("aperture")
  }

  private mutating func contradict(_ block: EXIFBlock, width: Int?, height: Int?) {
    if let x = block[.exif, 0xA002]?.integers.first, let y = block[.exif, 0xA003]?.integers.first, let width,
      let height, (x, y) != (width, height), (x, y) != (height, width)
    {
      contradictions.append("pixelDimensions")
    }
    if let software, Self.isEditor(software) { contradictions.append("software") }
    if let makerNote, let make, !Self.fits(makerNote, make) { contradictions.append("makerNote") }
    // APEX: powers of two of the same exposure.
    if let time = block.number(0x829A), time > 0, let apex = block[.exif, 0x9201]?.numbers.first,
      abs(-logarithm(time) - apex) >= 0.2
    {
      contradictions.append("shutterSpeed")
    }
    if let fNumber, fNumber > 0, let apex = block[.exif, 0x9202]?.numbers.first,
      abs(2 * logarithm(fNumber) - apex) >= 0.2
    {
      contradictions.append("aperture")
    }
    if let written = block.text(.first, 0x0132), let dateTimeOriginal, written > dateTimeOriginal {
      contradictions.append("dateTime")
    }
  }

  private static func isEditor(_ software: String) -> Bool {
    let editors = [
      "adobe photoshop", "adobe lightroom", "gimp", "paint", "affinity", "pixelmator", "snapseed",
      "capture one",
      "darktable", "imagemagick", "canva", "picsart", "luminar", "topaz",
    ]
    let name = software.lowercased()
    return editors.contains { name.hasPrefix($0) }
  }

  private static let headers: [(header: String, maker: String)] = [
    ("Nikon\0", "Nikon"), ("SONY DSC ", "Sony"), ("SONY CAM ", "Sony"), ("FUJIFILM", "Fujifilm"),
    ("OLYMPUS\0", "Olympus"), ("OLYMP\0", "Olympus"), ("OM SYSTEM", "OM"), ("Panasonic\0", "Panasonic"),
    ("Apple iOS\0", "Apple iOS"), ("PENTAX \0", "Pentax"), ("AOC\0", "Pentax"), ("LEICA\0", "Leica"),
    ("HDRP", "Google"), ("HUAWEI", "Huawei"), ("SIGMA\0", "Sigma"), ("FOVEON\0", "Sigma"), ("Ricoh", "Ricoh"),
  ]

  /// Whose form a maker note has: by its header, or that of Canon and Samsung, which have none, by the make.
  private static func maker(of note: [UInt8], make: String?) -> String? {
    if let known = headers.first(where: { note.starts(with: $0.header.utf8) }) { return known.maker }
    for plain in ["Canon", "Samsung"]
    where make?.lowercased().hasPrefix(plain.lowercased()) == true && note.count > 14 {
      return plain
    }
    return nil
  }

  private static func fits(_ note: String, _ make: String) -> Bool {
    let (name, brand) = (
      make.lowercased(), note.lowercased().split(separator: " ").first.map(String.init) ?? ""
    )
    if brand == "om" { return name.hasPrefix("om") || name.contains("olympus") }
    if brand == "pentax" { return name.contains("pentax") || name.contains("ricoh") }
    if brand == "panasonic" { return name.contains("panasonic") || name.contains("leica") }
    return name.contains(brand)
  }
}
