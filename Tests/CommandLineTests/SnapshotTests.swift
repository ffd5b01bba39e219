import Foundation
import TestSupport
import Testing

/// The help texts, word for word: a change of the command line is a change of these files.
@Suite(.enabled(if: Tool.isBuilt)) struct SnapshotTests {
  @Test(arguments: [
    ("help", ["--help"]), ("classify-help", ["classify", "--help"]), ("inspect-help", ["inspect", "--help"]),
    ("info-help", ["info", "--help"]), ("convert-help", ["convert", "--help"]),
    ("inspect-model-help", ["inspect-model", "--help"]), ("embed-help", ["embed", "--help"]),
    ("inspect-model-help", ["inspect-model", "--help"]), ("compare-help", ["compare", "--help"]),
    ("calibrate-help", ["calibrate", "--help"]),
    ("train-help", ["train", "--help"]), ("cross-validate-help", ["cross-validate", "--help"]),
    ("evaluate-help", ["evaluate", "--help"]),
    ("explain-help", ["explain", "--help"]), ("verify-help", ["verify", "--help"]),
    ("evidence-help", ["evidence", "--help"]), ("examine-help", ["examine", "--help"]),
    ("report-help", ["report", "--help"]), ("worker-help", ["worker", "--help"]),
  ])
  func helpIsAsRecorded(name: String, arguments: [String]) throws {
    let outcome = try Tool.run(arguments, environment: ["COLUMNS": "80"])
    #expect(outcome.status == 0)
    let snapshot = Fixtures.url("cli/\(name).txt")
    if ProcessInfo.processInfo.environment["AIGUARD_RECORD_SNAPSHOTS"] != nil {
      try FileManager.default.createDirectory(
        at: snapshot.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(outcome.output.utf8).write(to: snapshot)
    }
    #expect(try outcome.output == String(contentsOf: snapshot, encoding: .utf8))
  }
}
