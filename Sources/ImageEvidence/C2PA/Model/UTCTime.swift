/// A second of universal time: of signatures, certificates and time-stamps, and the one at which evidence is judged.
///
/// Encoded as a string by RFC 3339, such as `2026-11-26T00:00:00Z`.
public struct UTCTime: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// Seconds since the beginning of 1970, without leap seconds.
  public let secondsSince1970: Int64

  /// The second that is so many after the beginning of 1970.
  public init(secondsSince1970: Int64) { self.secondsSince1970 = secondsSince1970 }

  /// The second that a text of RFC 3339 names, such as `2026-11-26T00:00:00Z` or `2026-11-26T01:00:00+01:00`. Fractions of
  /// a second are dropped. Nil for any other text.
  public init?(_ text: String) {
    var digits = Array(text.utf8)[...]
    func number(_ count: Int) -> Int? {
      guard digits.count >= count, digits.prefix(count).allSatisfy({ (48...57).contains($0) }) else {
        return nil
      }
      defer { digits = digits.dropFirst(count) }
      return digits.prefix(count).reduce(0) { $0 * 10 + Int($1 - 48) }
    }
    func mark(_ characters: String) -> UInt8? {
      guard let first = digits.first, characters.utf8.contains(first) else { return nil }
      digits = digits.dropFirst()
      return first
    }
    guard let year = number(4), mark("-") != nil, let month = number(2), mark("-") != nil,
      let day = number(2),
      mark("Tt ") != nil, let hour = number(2), mark(":") != nil, let minute = number(2), mark(":") != nil,
      let second = number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
      second < 61
    else { return nil }
    if mark(".") != nil {
      let fraction = digits.prefix { (48...57).contains($0) }
      guard !fraction.isEmpty else { return nil }
      digits = digits.dropFirst(fraction.count)
    }
    guard let zone = mark("Zz+-") else { return nil }
    var offset = 0
    if zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-") {
      guard let hours = number(2), mark(":") != nil, let minutes = number(2), hours < 24, minutes < 60 else {
        return nil
      }
      offset = (hours * 60 + minutes) * (zone == UInt8(ascii: "+") ? 60 : -60)
    }
    guard digits.isEmpty else { return nil }
    let days = Self.days(year: year, month: month, day: day)
    guard Self.date(ofDay: days) == (year, month, day) else { return nil }
    secondsSince1970 = Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second - offset)
  }

  /// By RFC 3339, in universal time.
  public var description: String {
    // Years of more than four digits have no form; certificates have none of them.
    let (days, rest) = (secondsSince1970.flooredDivision(by: 86400))
    let (year, month, day) = Self.date(ofDay: Int(clamping: days))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let yearText = String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)"
    let second = Int(rest)
    return
      "\(yearText)-\(two(month))-\(two(day))T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
  }

  /// By time.
  public static func < (left: UTCTime, right: UTCTime) -> Bool {
    left.secondsSince1970 < right.secondsSince1970
  }

  /// Reads a string of RFC 3339.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let time = UTCTime(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a time by RFC 3339"))
    }
    self = time
  }

  /// Writes a string of RFC 3339.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  // MARK: The Gregorian calendar, counted from 1 March of the year 0 in eras of 400 years.

  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let (era, yearOfEra) = shifted.flooredDivision(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(ofDay day: Int) -> (Int, Int, Int) {
    let (era, dayOfEra) = (day + 719_468).flooredDivision(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
    return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
  }
}

extension BinaryInteger {
  fileprivate func flooredDivision(by divisor: Self) -> (quotient: Self, remainder: Self) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
