extension Double {
  /// With a fixed number of decimals and always a point, for figures below a million: `0.9389`.
  package func fixed(_ decimals: Int) -> String {
    guard isFinite, abs(self) < 1e6, (0...9).contains(decimals) else { return "\(self)" }
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((abs(self) * Double(scale)).rounded())
    let sign = self < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + "\(scaled)" }
    let digits = String(scaled % scale)
    return sign + "\(scaled / scale)." + String(repeating: "0", count: decimals - digits.count) + digits
  }

  /// As a share of a hundred, with one decimal: `93.9 %`.
  package var percent: String { (self * 100).fixed(1) + " %" }
}

extension Int {
  /// With a comma between thousands: `19,622`.
  package var grouped: String {
    let digits = String(magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + text
  }
}
