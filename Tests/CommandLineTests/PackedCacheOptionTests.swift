import Foundation
import TestSupport
import Testing

/// `--packed-cache` and the folder that it means.
@Suite(.enabled(if: Tool.isBuilt)) struct PackedCacheOptionTests {
  private func info(_ model: URL, _ options: [String], _ environment: [String: String]) throws -> Tool.Outcome
  {
    try Tool.run(["info", "--model", model.path] + options, environment: environment)
  }

  /// The rest of the line that begins with "cache".
  private func state(_ outcome: Tool.Outcome) -> String? {
    outcome.output.split(separator: "\n").first { $0.hasPrefix("cache") }?
      .split(separator: " ").last.map(String.init)
  }

  @Test func theSecondStartUsesWhatTheFirstKept() throws {
    try withTemporaryDirectory { folder in
      let model = folder.appendingPathComponent("model")
      try copyDefaultModel(to: model, changing: "config.json") { _ in }
      for (variable, place) in [("XDG_CACHE_HOME", "caches/aiguard"), ("HOME", "home/.cache/aiguard")] {
        let top = folder.appendingPathComponent(String(place.prefix { $0 != "/" }))
        var environment = ["XDG_CACHE_HOME": "", "HOME": ""]
        environment[variable] = top.path
        #expect(try state(info(model, [], environment)) == "off")
        #expect(!FileManager.default.fileExists(atPath: top.path))
        for expected in ["written", "used"] {
          let outcome = try info(model, ["--packed-cache"], environment)
          #expect(outcome.status == 0)
          #expect(outcome.errors.isEmpty)
          #expect(state(outcome) == expected)
        }
        let names = try FileManager.default.contentsOfDirectory(
          atPath: folder.appendingPathComponent(place).path)
        #expect(names.contains { $0.hasSuffix(".packed") })
      }
    }
  }

  @Test func withoutAFolderTheModelStillLoads() throws {
    try withTemporaryDirectory { folder in
      let model = folder.appendingPathComponent("model")
      try copyDefaultModel(to: model, changing: "config.json") { _ in }
      let outcome = try info(model, ["--packed-cache"], ["XDG_CACHE_HOME": "relative", "HOME": ""])
      #expect(outcome.status == 0)
      #expect(outcome.errors.hasPrefix("aiguard: packed cache: no cache folder"))
      #expect(state(outcome) == "unavailable")
    }
  }

  @Test func theBuiltInModelHasNothingToKeep() throws {
    #expect(try Tool.run("info", "--packed-cache").status == 2)
  }
}
