import Testing

/// One file asks which system this is, and everything else goes through it.
@Suite struct SystemSwitchTests {
  @Test func onlyOneFileAsks() throws {
    let asking = try SourceFile.all.get().filter {
      $0.text.contains(/#(if|elseif).*(os\(|canImport\((Glibc|Musl|Darwin)\))/)
        || $0.imports.contains { Plan.systems.contains($0.module) }
    }
    #expect(asking.map(\.path) == ["Platform/System.swift"])
  }
}
