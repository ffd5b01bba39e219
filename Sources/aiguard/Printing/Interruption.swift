#if CLI
  import Platform

  /// Ctrl-C, and a request to end, leave by the front door: a download takes away what is half there, a run saves.
  struct Interruption {
    // Written by a signal handler, which may touch little else.
    nonisolated(unsafe) private static var flag: sig_atomic_t = 0

    static var isRequested: Bool { flag != 0 }

    init() {
      for number in [SIGINT, SIGTERM] { signal(number) { _ in Interruption.flag = 1 } }
    }

    func end() {
      for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
  }
#endif
