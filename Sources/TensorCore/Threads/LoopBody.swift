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

  /// Calls `use` with a body of a type of its own, that is valid until `use` returns.
  static func with<Body: ParallelBody>(_ body: Body, _ use: (LoopBody) -> Void) {
    withUnsafePointer(to: body) { use(LoopBody(frame: $0, type: BodyFrame<Body>.self)) }
  }

  func callAsFunction(_ iteration: Int, lane: Int) { type.call(frame, iteration, lane) }
}

/// A loop's body for generic code, where even a closure without captures allocates: it has to keep the types.
package protocol ParallelBody {
  func callAsFunction(_ iteration: Int, lane: Int)
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

private enum BodyFrame<Body: ParallelBody>: LoopFrame {
  static func call(_ frame: UnsafeRawPointer, _ iteration: Int, _ lane: Int) {
    frame.assumingMemoryBound(to: Body.self).pointee(iteration, lane: lane)
  }
}
