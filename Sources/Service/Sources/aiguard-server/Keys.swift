import ArgumentParser
import Foundation
import ResultStore
import ServiceHTTP

struct Keys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make, list and revoke the keys that clients need with --require-keys.",
    subcommands: [Add.self, List.self, Revoke.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make a key, and print it: it is not kept.")

    @OptionGroup var storeOptions: StoreOptions

    @Argument(help: "Whose it is. Keys of one owner see the same results.")
    var owner: String

    @Option(help: "What it may do: classify, read, review, admin. May be given several times.")
    var scope: [String] = ["classify", "read"]

    @Option(help: "After how many days it ends; never by default.")
    var days: Double?

    func run() async throws {
      var scopes: Set<AccessKey.Scope> = []
      for name in scope {
        guard let scope = AccessKey.Scope(rawValue: name) else {
          throw ValidationError(
            "There is no scope \"\(name)\": \(AccessKey.Scope.allCases.map(\.rawValue).joined(separator: ", "))."
          )
        }
        scopes.insert(scope)
      }
      let now = Date()
      let (text, key) = try KeyText.make(
        owner: owner, scopes: scopes, expires: days.map { now.addingTimeInterval($0 * 86_400) }, at: now)
      let store = try await storeOptions.open()
      try await store.add(key)
      try await store.close()
      print(text)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the keys by how they begin.")

    @OptionGroup var storeOptions: StoreOptions

    func run() async throws {
      let store = try await storeOptions.open()
      for key in try await store.keys() {
        let state = key.isValid(at: Date()) ? "valid" : key.revoked == nil ? "expired" : "revoked"
        print(
          key.prefix, key.owner, key.scopes.map(\.rawValue).sorted().joined(separator: ","), state,
          separator: "\t")
      }
      try await store.close()
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Revoke a key.")

    @OptionGroup var storeOptions: StoreOptions

    @Argument(help: "How it begins, as the list says.")
    var prefix: String

    func run() async throws {
      let store = try await storeOptions.open()
      guard try await store.revokeKey(prefix: prefix, by: "command line", at: Date()) else {
        throw ValidationError("There is no valid key that begins with \"\(prefix)\".")
      }
      try await store.close()
    }
  }
}
