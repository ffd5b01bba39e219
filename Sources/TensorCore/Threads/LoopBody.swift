/// The body of a loop together with its context, for threads that know the types of neither.
///
/// A body that captures nothing costs no memory: it is found through a pointer to the caller's frame, where a
/// closure with captures would need a box on the heap to be kept anywhere but in a parameter.
struct LoopBody {
  private let frame: UnsafeRawPointer
  private let type: any LoopFrame.Type

  /// Calls `use` with a body that is valid until `use` returns.
  static func with<Context>(
    _ context: Context, _ function: @escaping (Context, Int, Int) -> Void, _ use: (LoopBody) -> Void
  ) {
    withUnsafePointer(to: Frame(context: context, function: function)) {
      use(LoopBody(frame: $0, type: Frame<Context>.self))
    }
  }

  func callAsFunction(_ iteration: Int, lane: Int) { type.call(frame, iteration, lane) }
}

private protocol LoopFrame {
  static func call(_ frame: UnsafeRawPointer, _ iteration: Int, _ lane: Int)
}

private struct Frame<Context>: LoopFrame {
  let context: Context
  let function: (Context, Int, Int) -> Void

  static func call(_ frame: UnsafeRawPointer, _ iteration: Int, _ lane: Int) {
    let frame = frame.assumingMemoryBound(to: Self.self)
    frame.pointee.function(frame.pointee.context, iteration, lane)
  }
}
