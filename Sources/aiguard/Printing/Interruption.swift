#if CLI
  import Platform

  /// Ctrl-C, and a request to end, leave by the front door: a download takes away what is half there, a run saves.
  struct Interruption {
    // Written by a signal handler, which may touch little else.
    nonisolated(unsafe) private static var flag: sig_atomic_t = 0

    static var isRequested: Bool { flag != 0 }

    init() {
      // Who starts this from a thread that blocks signals, as those of many pools do, passes that on.
      var heard = sigset_t()
      sigemptyset(&heard)
      for number in [SIGINT, SIGTERM] {
        sigaddset(&heard, number)
        signal(number) { _ in Interruption.flag = 1 }
      }
      pthread_sigmask(SIG_UNBLOCK, &heard, nil)
    }

    func end() {
      for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
  }
#endif
