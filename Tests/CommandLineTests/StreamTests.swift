import Foundation
import TestSupport
import Testing

/// Streams that are closed, full or slow.
@Suite(.enabled(if: Tool.isBuilt), .timeLimit(.minutes(10))) struct StreamTests {
  private let image = Fixtures.url("images/jpeg_7x5.jpg").path

  @Test func resultsDoNotNeedStandardError() throws {
    let arguments = ["classify", "none-1.jpg", image, "none-2.jpg"]
    for outcome in [
      try Tool.run(arguments, unread: [.errors]), try Tool.run(arguments, redirection: "2>&-"),
    ] {
      #expect(outcome.hasExited)
      #expect(outcome.status == 1)
      #expect(outcome.output.hasPrefix(image))
    }
    #expect(try Tool.run(["classify", image], redirection: "2>&-").status == 0)
  }

  @Test func resultsThatNobodyReadsAreAFailure() throws {
    let arguments = ["classify", image]
    for outcome in [
      try Tool.run(arguments, unread: [.output]), try Tool.run(arguments, redirection: ">&-"),
    ] {
      #expect(outcome.hasExited)
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("aiguard: cannot write: "))
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
    let silent = try Tool.run(arguments, unread: [.output, .errors])
    #expect(silent.hasExited)
    #expect(silent.status == 1)
  }

  #if os(Linux)
    @Test func fullDiskIsAFailure() throws {
      let outcome = try Tool.run(["classify", image], redirection: ">/dev/full")
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("No space left on device"))
    }
  #endif

  @Test func closedStandardInputIsReported() throws {
    let outcome = try Tool.run(["classify", "--json", "-", image], redirection: "<&-")
    #expect(outcome.status == 1)
    #expect(try outcome.kinds == ["unreadable-file", nil])
  }

  @Test func fullPipeThatDoesNotBlockIsWaitedFor() throws {
    // Several times what a pipe holds, each line with the name twice.
    let count = 400
    let name = String(repeating: "n", count: 240)
    let process = Tool.process(["classify", "--json"] + Array(repeating: name, count: count))
    let output = Pipe()
    let descriptor = output.fileHandleForWriting.fileDescriptor
    #expect(fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0)
    process.standardOutput = output
    try process.run()
    Thread.sleep(forTimeInterval: 0.5)
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(text.count { $0 == UInt8(ascii: "\n") } == count)
  }
}
