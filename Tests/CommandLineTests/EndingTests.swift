#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform
  import Testing

  @testable import aiguard

  /// What no outside input brings about on demand: the ends of a run, and the kinds of failures.
  @Suite struct EndingTests {
    private struct Trouble: Error, CustomStringConvertible { let description = "the disk\u{1B} is on fire" }

    @Test func whatFailsInACommandIsNotWrongUsage() {
      let ending = AIGuard.Ending(running: Trouble())
      #expect(ending.code == 1)
      #expect(ending.message == "aiguard: the disk\\u{1B} is on fire")
      #expect(AIGuard.Ending(running: ValidationError("no such mode")).code == 2)
      #expect(AIGuard.Ending(parsing: ValidationError("no such mode")).code == 2)
      #expect(AIGuard.Ending(parsing: Trouble()).code == 2)
    }

    @Test func commandsChooseTheirCode() {
      let ending = AIGuard.Ending(running: Exit.modelNotLoaded)
      #expect(ending.code == 3)
      #expect(ending.message == nil)
      #expect(AIGuard.Ending(running: CleanExit.message("done")).code == 0)
      #expect(AIGuard.Ending(running: CleanExit.message("done")).message == "done")
    }

    @Test func failuresHaveKindsByWhatTheyAre() {
      let kinds: [(any Error, String)] = [
        (PreprocessingError.tooLarge(what: "the image", size: 2, allowed: 1), "limit-exceeded"),
        (PreprocessingError.outOfMemory(bytes: 1), "out-of-memory"),
        (PreprocessingError.emptyOutput(width: 1, height: 9), "empty-output"),
        (ImageError.limitExceeded(limit: "pixels", declared: 2, allowed: 1), "limit-exceeded"),
        (ImageError.empty, "not-an-image"),
        (FileError(path: "x", reason: .notARegularFile), "unreadable-file"),
        (ViTError.inputShape(found: [1], expected: [2]), "model"),
        (Trouble(), "internal"),
      ]
      for (error, kind) in kinds {
        #expect(FailureReport(error).kind == kind)
      }
    }
  }
#endif
