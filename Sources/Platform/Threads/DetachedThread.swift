internal import CPlatform

/// Runs `body` on a new thread that nobody joins.
///
/// - Returns: Whether the system granted a thread; without one `body` does not run.
package func startDetachedThread(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
  let context = Unmanaged.passRetained(ThreadStart(name: name, body: body))
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  // Some systems give as little as 128 KB, too little for a decoder and its tables.
  pthread_attr_setstacksize(&attributes, 2 << 20)
  var thread = noThread
  let status = pthread_create(&thread, &attributes, threadMain, context.toOpaque())
  if status != 0 { context.release() }
  return status == 0
}

private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func threadMain(_ context: ThreadContext) -> UnsafeMutableRawPointer? {
  let context: UnsafeMutableRawPointer? = context
  guard let context else { return nil }
  let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
  cpl_name_this_thread(start.name)
  start.body()
  return nil
}
