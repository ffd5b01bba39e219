#if CLI && Hub
  import Testing

  @testable import aiguard

  /// The line that a person sees while a model is downloaded.
  @Suite struct DownloadProgressTests {
    @Test func itSaysHowFarHowFastAndHowLong() {
      #expect(
        DownloadProgress.line("model.safetensors", 173_200_000, 346_400_000, base: 0, .seconds(10))
          == "model.safetensors  50 % [##########----------] 173.2 of 346.4 MB, 17.3 MB/s, 10 s left")
      // What was there when the connection broke says nothing of its speed.
      #expect(
        DownloadProgress.line("a", 60_000_000, 100_000_000, base: 50_000_000, .seconds(1))
          == "a  60 % [############--------] 60.0 of 100.0 MB, 10.0 MB/s, 4 s left")
      #expect(
        DownloadProgress.line("a", 0, 100_000_000, base: 0, .zero)
          == "a  0 % [--------------------] 0.0 of 100.0 MB")
      #expect(DownloadProgress.line("a", 2_500_000, nil, base: 0, .seconds(1)) == "a  2.5 MB, 2.5 MB/s")
      #expect(DownloadProgress.line("a\u{1B}[2J", 1, 0, base: 0, .seconds(1)).contains("\u{1B}") == false)
    }
  }
#endif
