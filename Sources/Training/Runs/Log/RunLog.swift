import Checkpoint
import JSONText
import Platform

/// What a run has done, one JSON object a line, for programs.
///
/// There is no time in it: a run that was killed and resumed has the same log, byte for byte, as one that was not.
final class RunLog {
  private let file: AppendedFile

  /// - Parameter kept: The bytes of the log that is there which belong to the run so far.
  init(path: String, keeping kept: Int) throws(FileError) {
    file = try AppendedFile(path: path, keeping: kept)
  }

  var byteCount: Int { file.byteCount }

  func write(_ event: String, _ members: [(key: String, value: JSONValue)]) throws(FileError) {
    let all = [(key: "event", value: JSONValue.string(event))] + members
    try file.write(JSONValue.members(all).lineText + "\n")
  }

  func sync() throws(FileError) { try file.sync() }
}
