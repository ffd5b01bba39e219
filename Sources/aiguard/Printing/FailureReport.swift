#if CLI
  import AIGuardVision
  import Platform

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// Why an input gave no result: the kind and the words of a `ClassificationFailure`, or of what only the tool finds out:
  /// `unreadable-file` for a folder that cannot be listed and for a URL, `empty-folder` for one without image files.
  struct FailureReport: Encodable, Error {
    let kind: String
    let message: String

    init(kind: String, message: String) {
      self.kind = kind
      self.message = message.showingPathBytes
    }

    init(_ error: any Error) {
      if let report = error as? FailureReport {
        self = report
        return
      }
      // What is none of them is a mistake in this program.
      self.init(kind: (error as? any ClassificationFailure)?.kind ?? "internal", message: "\(error)")
    }

    /// Says what went wrong with an input, as a line of JSON or to people.
    static func show(_ error: any Error, of file: String, json: Bool) throws {
      let report = FailureReport(error)
      if json {
        try Output.json(FailureLine(file: file, error: report))
      } else {
        report.show(file)
      }
    }

    /// Says it to people.
    func show(_ file: String) {
      // No path is longer: only a URL that holds its data can be.
      let shown = file.utf8.count > 4096 ? file.printable : file.escaped
      let name = shown.isEmpty ? "\"\"" : shown
      // What the system said names the file already.
      let known = (file.isEmpty ? name : file.showingPathBytes) + ": "
      let reason = message.hasPrefix(known) ? String(message.dropFirst(known.count)) : message
      Output.write("aiguard: \(name): \(reason.escaped)\n", to: .standardError)
    }
  }

  /// The JSON line of an input that gave no result.
  struct FailureLine: Encodable {
    let file: String
    let fileBytes: String?
    let error: FailureReport

    init(file: String, error: FailureReport) {
      self.file = file.showingPathBytes
      fileBytes = file.pathBytesForJSON
      self.error = error
    }
  }

  extension String {
    /// The bytes of a name that is not UTF-8, in base64: what `file` shows of it may be another file's name.
    var pathBytesForJSON: String? {
      hasPathBytes ? pathBytes.map { Data($0).base64EncodedString() } : nil
    }
  }
#endif
