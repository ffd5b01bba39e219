import Foundation
import ModelService
import Testing

@testable import ServiceHTTP

/// Forms that a generator writes are read as written, and what is made of them by chance is read or refused, within bounds.
/// `AIGUARD_FUZZ_SECONDS` lets it run longer.
@Suite struct MultipartFuzzTests {
  /// SplitMix64: the same forms in every run.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let boundary = "----fuzz"

  /// Pieces that a reader may trip over.
  private static let pieces = [
    "\r\n", "\r", "\n", "--", "\r\n--", "\r\n------fuzz", "------fuzz--", "\r\n------fuzz\r\n",
    "Content-Disposition: ",
    "form-data; name=\"", "filename*=UTF-8''%", "\"", "\\", ";", ":", "\u{0}", "é", " \t",
  ].map { Array($0.utf8) }

  private static func contents(_ generator: inout Generator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      if Bool.random(using: &generator) {
        bytes += pieces[..<4].randomElement(using: &generator) ?? []
      } else {
        bytes += (0..<Int.random(in: 0...40, using: &generator)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }
      }
    }
    return bytes
  }

  private static func form(_ generator: inout Generator) -> (body: [UInt8], parts: [MultipartForm.Part]) {
    var body: [UInt8] = []
    var parts: [MultipartForm.Part] = []
    for number in 0..<Int.random(in: 1...5, using: &generator) {
      let part = MultipartForm.Part(
        name: "n\(number)", fileName: Bool.random(using: &generator) ? "f \(number).jpg" : nil,
        bytes: contents(&generator))
      let name = part.fileName.map { "; filename=\"\($0)\"" } ?? ""
      body += Array(
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(name)\r\nX: y\r\n\r\n".utf8)
      body += part.bytes + Array("\r\n".utf8)
      parts.append(part)
    }
    return (body + Array("--\(boundary)--\r\n".utf8), parts)
  }

  @Test func formsAreReadAsWritten() throws {
    var generator = Generator(state: 1)
    for _ in 0..<2000 {
      let (body, parts) = Self.form(&generator)
      // By chance a part may have the delimiter in it: then it is another form.
      guard !parts.contains(where: { $0.bytes.contains(Array("------fuzz".utf8)) }) else { continue }
      #expect(try MultipartForm(body, boundary: Self.boundary).parts == parts)
    }
  }

  @Test func noFormDoesHarm() {
    let seconds = ProcessInfo.processInfo.environment["AIGUARD_FUZZ_SECONDS"].flatMap(Double.init) ?? 0
    let end = ContinuousClock.now + .seconds(seconds)
    var generator = Generator(state: 2)
    var read = 0
    var count = 0
    repeat {
      for _ in 0..<5000 {
        var body = Self.form(&generator).body
        for _ in 0...Int.random(in: 0...4, using: &generator) {
          let place = Int.random(in: 0...body.count, using: &generator)
          let length = Int.random(in: 0...min(30, body.count - place), using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: body.removeSubrange(place..<place + length)
          case 1: body.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: place)
          case 2: body.insert(contentsOf: body[place..<place + length], at: place)
          default:
            for index in place..<place + length where Bool.random(using: &generator) {
              body[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
          }
        }
        count += 1
        guard let parts = try? MultipartForm(body, boundary: Self.boundary).parts else { continue }
        read += 1
        #expect((1...MultipartForm.mostParts).contains(parts.count))
        #expect(parts.reduce(0) { $0 + $1.bytes.count + $1.name.utf8.count } < body.count)
      }
    } while ContinuousClock.now < end
    // Of both kinds there are some, or the changes are no test.
    #expect(read > count / 20 && read < count * 19 / 20)
  }
}
