import Foundation
import TestSupport
import Testing

@Suite struct StoredZipTests {
  /// An archive of stored entries, written by hand.
  private func archive(_ entries: [(name: String, bytes: [UInt8])], method: UInt16 = 0) -> [UInt8] {
    func little(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
    }
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in entries {
      let sizes = little(UInt32(bytes.count)) + little(UInt32(bytes.count)) + little(UInt16(name.utf8.count))
      directory += little(UInt32(0x0201_4b50)) + little(UInt32(0)) + little(UInt16(0)) + little(method)
      directory += little(UInt64(0)) + sizes + [UInt8](repeating: 0, count: 12)
      directory += little(UInt32(file.count)) + Array(name.utf8)
      file += little(UInt32(0x0403_4b50)) + little(UInt16(20)) + little(UInt16(0)) + little(method)
      file += little(UInt64(0)) + sizes + little(UInt16(3)) + Array(name.utf8) + [1, 2, 3] + bytes
    }
    let end = little(UInt64(0)).prefix(4) + little(UInt16(entries.count)) + little(UInt16(entries.count))
    return file + directory + little(UInt32(0x0605_4b50)) + end + little(UInt32(directory.count))
      + little(UInt32(file.count)) + little(UInt16(0))
  }

  private let sample: [(name: String, bytes: [UInt8])] = [("b/two", [7, 8, 9]), ("a", []), ("b/one", [255])]

  @Test func entriesAreReadByName() throws {
    let zip = try StoredZip(data: Data(archive(sample)))
    #expect(zip.names == ["a", "b/one", "b/two"])
    for (name, bytes) in sample { #expect(try zip.bytes(of: name) == bytes) }
    #expect(throws: StoredZip.Failure.noSuchEntry("c")) { try zip.bytes(of: "c") }
  }

  @Test func compressedEntriesAreRefused() throws {
    let zip = try StoredZip(data: Data(archive(sample, method: 8)))
    #expect(throws: StoredZip.Failure.self) { try zip.bytes(of: "a") }
  }

  @Test func cutAndFlippedArchivesAreErrorsNotTraps() {
    let whole = archive(sample)
    for length in 0..<whole.count {
      #expect(throws: StoredZip.Failure.self) { try StoredZip(data: Data(whole.prefix(length))) }
    }
    var random = SplitMix64(seed: 1)
    for _ in 0..<2000 {
      var bytes = whole
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      guard let zip = try? StoredZip(data: Data(bytes)) else { continue }
      for name in zip.names { _ = try? zip.bytes(of: name) }
    }
  }

  @Test(.enabled(if: CIFAKE.archive != nil, "the archive of CIFAKE is not on this machine"))
  func theArchiveOfCIFAKEHasTheImagesOfTheGolden() throws {
    let zip = try StoredZip(contentsOf: #require(CIFAKE.archive))
    let names = CIFAKE.testNames(in: zip)
    #expect(names.count == 2000)
    #expect(names.first == "test/REAL/0000 (10).jpg")
    #expect(try CIFAKE.golden().labels.count == 2000)
    #expect(try zip.bytes(of: names[0]).starts(with: [0xff, 0xd8]))
  }
}
