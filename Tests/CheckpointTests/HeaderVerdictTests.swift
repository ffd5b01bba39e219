import Checkpoint
import TestSupport
import Testing

/// 10,000 random files and the reference's verdict on each (`Fixtures/safetensors/headers/make.py`).
@Suite struct HeaderVerdictTests {
  @Test func everyVerdictIsTheReferences() throws {
    let cases = try fixture("safetensors/headers/cases.bin")
    var position = 0
    var counts = [0, 0, 0]
    while position < cases.count {
      let verdict = Int(cases[position])
      let length = Int(cases[position + 1]) | Int(cases[position + 2]) << 8
      let file = Array(cases[(position + 3)..<(position + 3 + length)])
      position += 3 + length
      counts[verdict] += 1
      do throws(CheckpointError) {
        let opened = try SafetensorsFile(bytes: file)
        #expect(verdict == 1, "accepted: \(String(decoding: file.dropFirst(8), as: UTF8.self))")
        for name in opened.names { _ = try opened.rawBytes(of: name) }
      } catch {
        #expect(verdict != 1, "\(error): \(String(decoding: file.dropFirst(8), as: UTF8.self))")
        if verdict == 2 { #expect(error.kind == "duplicate-tensor") }
      }
    }
    #expect(counts.reduce(0, +) == 10_000)
    #expect(counts[0] > 3000 && counts[1] > 3000 && counts[2] > 50)
  }
}
