import Datasets
import Foundation
import TestSupport
import Testing

#if PNG
  /// Archives that lie: each is refused by a typed error, before it costs anything.
  @Suite struct HostileArchiveTests {
    typealias Entry = ZipBuilder.Entry

    /// The kind of failure and its text, or nil where the archive opens and every image in it can be read.
    private func failure(_ bytes: [UInt8], _ options: DatasetOptions = .default) throws -> (String, String)? {
      let folder = try TemporaryDirectory()
      let path = try folder.write(bytes, to: "a.zip").path
      do throws(DatasetError) {
        let dataset = try ImageDataset(path: path, options: options)
        for record in dataset.records { _ = try dataset.bytes(of: record) }
        return nil
      } catch {
        return (error.kind, error.description)
      }
    }

    private func failure(_ entries: [Entry], _ options: DatasetOptions = .default) throws -> String? {
      try failure(ZipBuilder.archive(entries), options)?.0
    }

    @Test func anHonestArchiveOpens() throws {
      #expect(try failure([Entry("REAL/a.jpg"), Entry("FAKE/a.jpg")]) == nil)
    }

    @Test(arguments: [
      "../REAL/a.jpg", "REAL/../../a.jpg", "/REAL/a.jpg", "REAL//a.jpg", "./REAL/a.jpg", "REAL\\a.jpg",
      "REAL/a\0b.jpg", String(repeating: "a", count: 5_000) + ".jpg", "/",
    ])
    func namesThatLeadElsewhere(_ name: String) throws {
      #expect(try failure([Entry("REAL/b.jpg"), Entry(name)]) == "invalid-name")
    }

    @Test func namesThatAreTwice() throws {
      #expect(try failure([Entry("REAL/a.jpg"), Entry("REAL/a.jpg")]) == "duplicate-name")
      // One with a combining accent and one without are two files.
      #expect(try failure([Entry("REAL/caf\u{E9}.jpg"), Entry("REAL/cafe\u{301}.jpg")]) == nil)
    }

    @Test func entriesThatAreNotRead() throws {
      #expect(
        try failure([Entry("REAL/a.jpg").with { $0.flags |= 1 }]) == "invalid-archive", "encrypted")
      #expect(try failure([Entry("REAL/a.jpg", method: 12)]) == "invalid-archive", "bzip2")
      #expect(
        try failure([Entry("REAL/a.jpg").with { $0.name = Array("REAL/\u{E9}".utf8.dropLast()) + [0x2E] }])
          == "invalid-archive", "no UTF-8 where it says so")
    }

    @Test func sizesThatLie() throws {
      // Stored at another size, beyond the archive, into what follows.
      #expect(try failure([Entry("REAL/a.jpg", size: 4)]) == "invalid-archive")
      for size in [4, 1 << 20, 0xFFFF_FFFE] {
        let entry = Entry("REAL/a.jpg").with {
          $0.declaredSize = size
          $0.declaredStoredSize = size
        }
        #expect(try failure([entry, Entry("REAL/b.jpg")]) == "invalid-archive")
      }
      // ZIP64 sizes that are not there.
      let wide = Entry("REAL/a.jpg").with {
        $0.declaredSize = 0xFFFF_FFFF
        $0.declaredStoredSize = 0xFFFF_FFFF
      }
      #expect(try failure([wide]) == "invalid-archive")
      // Two entries in one place: the way to small archives that unpack to anything.
      #expect(
        try failure([Entry("REAL/a.jpg"), Entry("REAL/b.jpg").with { $0.declaredHeader = 0 }])
          == "invalid-archive")
      #expect(try failure([Entry("REAL/a.jpg").with { $0.declaredHeader = 1 << 30 }]) == "invalid-archive")
    }

    @Test func headersThatContradictTheDirectory() throws {
      for change: @Sendable (inout Entry) -> Void in [
        { $0.localName = Array("FAKE/a.jpg".utf8) }, { $0.localMethod = 8 }, { $0.localSize = 2 },
      ] {
        #expect(try failure([Entry("REAL/a.jpg").with(change)]) == "invalid-archive")
      }
      let (kind, _) = try #require(
        try failure(ZipBuilder.archive([Entry("REAL/a.jpg").with { $0.crc = 1 }])))
      #expect(kind == "invalid-entry")
    }

    /// A stream of ten zero bytes, deflated, and what can be said wrongly of it.
    @Test func deflatedDataThatLies() throws {
      let zeros: [UInt8] = [0x63, 0x60, 0x80, 0x01, 0x00]
      let crc: UInt32 = 0xE38A_6876
      func entry(_ data: [UInt8], _ size: Int) -> Entry {
        Entry("REAL/a.jpg", data, method: 8, size: size).with { $0.crc = crc }
      }
      #expect(try failure([entry(zeros, 10)]) == nil)
      for size in [0, 9, 11, 6 * 1_032] {
        #expect(try failure([entry(zeros, size)]) == "invalid-entry")
      }
      #expect(try failure([entry(zeros + [0], 10)]) == "invalid-entry", "something follows the stream")
      #expect(try failure([entry(Array(zeros.dropLast()), 10)]) == "invalid-entry", "it is cut")
      #expect(try failure([entry([0xFF, 0xFF, 0xFF, 0xFF], 10)]) == "invalid-entry")
      #expect(try failure([entry([], 0)]) == "invalid-entry")
    }

    /// What an entry declares is compared with the limit, and with what its data could make at most, before any memory
    /// is taken: 4 GiB out of four bytes.
    @Test func bombsAreNotInflated() throws {
      let bomb = Entry("REAL/a.jpg", [0x63, 0x60, 0x80, 0x01, 0x00], method: 8, size: 0xFFFF_FFF0)
      #expect(try failure([bomb]) == "limit-exceeded")
      var limits = DatasetLimits.default
      limits.imageBytes = .max
      #expect(try failure([bomb], DatasetOptions(limits: limits)) == "invalid-entry")
      limits.imageBytes = 2
      #expect(try failure([Entry("REAL/a.jpg")], DatasetOptions(limits: limits)) == "limit-exceeded")
    }

    @Test func directoriesThatLie() throws {
      let entries = [Entry("REAL/a.jpg"), Entry("FAKE/a.jpg")]
      func kind(_ bytes: [UInt8], _ options: DatasetOptions = .default) throws -> String? {
        try failure(bytes, options)?.0
      }
      #expect(try kind(ZipBuilder.archive(entries, count: 1)) == "invalid-archive")
      #expect(try kind(ZipBuilder.archive(entries, count: 3)) == "invalid-archive")
      #expect(try kind(ZipBuilder.archive(entries, tail: [0])) == "invalid-archive")
      #expect(try kind(ZipBuilder.archive([])) == "no-images")
      let whole = try ZipBuilder.archive(entries)
      for count in 4..<whole.count { #expect(try kind(Array(whole[..<count])) == "invalid-archive") }
      var limits = DatasetLimits.default
      limits.entries = 1
      #expect(try kind(whole, DatasetOptions(limits: limits)) == "invalid-archive")
      limits = .default
      limits.directoryBytes = 10
      #expect(try kind(whole, DatasetOptions(limits: limits)) == "invalid-archive")
    }

    @Test func filesThatAreNoArchive() throws {
      #expect(try failure([])?.0 == "not-a-dataset")
      #expect(try failure(Array("hello".utf8))?.0 == "not-a-dataset")
    }
  }
#endif
