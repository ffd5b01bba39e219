import Testing

/// The package built without its trait `CLI`, as library users build it.
@Suite(.enabled(if: !Tool.isBuilt)) struct WithoutToolTests {
  @Test func executableSaysWhatItLacks() throws {
    let outcome = try Tool.run("--help")
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("without the package trait CLI"))
  }
}
