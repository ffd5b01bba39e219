import Foundation

/// The C library's, for comparison.
enum LibraryLogarithm {
  static func log(_ x: Double) -> Double { Foundation.log(x) }
}
