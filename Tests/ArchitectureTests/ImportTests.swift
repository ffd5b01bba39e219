import Foundation
import Testing

/// No target imports what the plan forbids, and the manifest says what the files do.
@Suite struct ImportTests {
  private let folders: [String]
  private let files: [SourceFile]
  private let manifest: Manifest

  init() throws {
    let package = SourceFile.package
    folders = try FileManager.default.contentsOfDirectory(
      atPath: package.appendingPathComponent("Sources").path
    ).filter { !SourceFile.isPackage("Sources/\($0)") }
    files = try SourceFile.all.get()
    manifest = try Manifest(contentsOf: package.appendingPathComponent("Package.swift"))
  }

  private var modulesOfC: [String] { Plan.modules.flatMap(\.owns) + Plan.ownedByC }

  @Test func everyFolderIsInThePlan() {
    #expect(Set(folders) == Set(Plan.modules.map(\.name) + modulesOfC))
    #expect(Set(modulesOfC).count == modulesOfC.count, "a module of C has one owner")
    #expect(!files.contains { modulesOfC.contains($0.module) })
  }

  @Test func arrowsRunDown() {
    for (index, module) in Plan.modules.enumerated() {
      #expect(Set(module.mayImport).isSubset(of: Plan.modules[..<index].map(\.name)), "\(module.name)")
    }
  }

  @Test func noFileImportsWhatThePlanForbids() {
    for file in files {
      guard let module = Plan.module(file.module) else { continue }
      for imported in file.imports {
        #expect(
          (module.mayImport + module.owns + module.others).contains(imported.module),
          "\(file.path) imports \(imported.module)")
        #expect(
          !modulesOfC.contains(imported.module) || imported.attributes == ["internal"],
          "\(file.path): \(imported.module) is C, which is imported with `internal import`")
      }
    }
  }

  /// A permission that nobody uses is a hole in the plan.
  @Test func everyPermissionIsUsed() {
    for module in Plan.modules {
      let imported = files.filter { $0.module == module.name }.flatMap { $0.imports.map(\.module) }
      let unused = Set(module.mayImport + module.owns + module.others).subtracting(imported)
      #expect(unused.isEmpty, "\(module.name)")
    }
  }

  @Test func theManifestNamesWhatIsImported() throws {
    let names = Set(manifest.targets.map(\.name))
    #expect(names.isSuperset(of: folders))
    for target in manifest.targets {
      let own = try SourceFile.files(in: target.folder)
      guard !own.isEmpty else { continue }
      let imported = Set(own.flatMap { $0.imports.map(\.module) })
      #expect(
        Set(target.dependencies) == imported.intersection(names.union(["ArgumentParser"])),
        "target \(target.name)")
    }
  }

  @Test func noTypeIsNamedLikeAModule() {
    #expect(files.flatMap(\.types).filter(folders.contains) == Plan.typesNamedLikeModules)
  }

  /// Every module is in the document that explains the plan.
  @Test func theDocumentHasEveryModule() throws {
    let url = SourceFile.package.appendingPathComponent("Docs/Architecture.md")
    let document = try String(contentsOf: url, encoding: .utf8)
    for name in folders where !name.hasPrefix("CLib") && name != "COpenBLAS" {
      let isThere = document.contains("\n| `\(name)`")
      #expect(isThere, "\(name) is not in the table of modules")
    }
  }

  @Test func importsOfEveryFormAreSeen() {
    let file = SourceFile(
      path: "A/B.swift",
      text: """
        import A
        internal import B
        @_exported import struct C.D
          @preconcurrency public import E
        #if F
          import func G.h
        #endif
        @_spi(I) @testable import J
        @_implementationOnly import K  // import L
        // import M
        let n = important(N)
        """)
    #expect(file.imports.map(\.module) == ["A", "B", "C", "E", "G", "J", "K"])
    #expect(file.imports[1].attributes == ["internal"])
    #expect(file.imports[2].attributes == ["@_exported"])
  }

  @Test func targetsOfEveryFormAreRead() {
    let manifest = Manifest(
      """
      let package = Package(
        targets: [
          .systemLibrary(
            name: "A", pkgConfig: "a", providers: [.apt(["liba-dev"])]),
          // MARK: Not a target: .target(name: "B")
          .target(
            name: "C",
            dependencies: [
              "A", .target(name: "D", condition: .when(traits: ["E"])),
              .product(
                name: "F", package: "G", condition: .when(traits: ["H"])),
              "I",
            ],
            cSettings: [.define("J")]),
          .testTarget(name: "K", dependencies: ["C"]),
          .target(name: "L", path: "Tests/L"),
        ]
      )
      """)
    #expect(manifest.targets.map(\.name) == ["A", "C", "K", "L"])
    #expect(manifest.targets.map(\.dependencies) == [[], ["A", "D", "F", "I"], ["C"], []])
    #expect(manifest.targets.map(\.folder) == ["Sources/A", "Sources/C", "Tests/K", "Tests/L"])
  }
}
