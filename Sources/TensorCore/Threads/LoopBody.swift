/// What a loop does for each of its iterations.
///
/// A type of its own is for generic code, where even a closure without captures allocates: it has to keep the types.
package protocol ParallelBody {
  func callAsFunction(_ iteration: Int, lane: Int)
}

/// A function with its context. One that captures nothing costs no memory: it is found through a pointer to the caller's
/// frame, where a closure with captures would need a box on the heap to be kept anywhere but in a parameter.
struct FunctionBody<Context>: ParallelBody {
  let context: Context
  let function: (_ context: Context, _ iteration: Int, _ lane: Int) -> Void

  func callAsFunction(_ iteration: Int, lane: Int) { function(context, iteration, lane) }
}

/// The body of a loop, for threads that do not know its type.
struct LoopBody {
  private let frame: UnsafeRawPointer
  private let type: any LoopFrame.Type

  /// Calls `use` with a body that is valid until `use` returns.
  static func with<Body: ParallelBody>(_ body: Body, _ use: (LoopBody) -> Void) {
    withUnsafePointer(to: body) { use(LoopBody(frame: $0, type: BodyFrame<Body>.self)) }
  }

  func callAsFunction(_ iteration: Int, lane: Int) { type.call(frame, iteration, lane) }
}

private protocol LoopFrame {
  static func call(_ frame: UnsafeRawPointer, _ iteration: Int, _ lane: Int)
}

private enum BodyFrame<Body: ParallelBody>: LoopFrame {
  static func call(_ frame: UnsafeRawPointer, _ iteration: Int, _ lane: Int) {
    frame.assumingMemoryBound(to: Body.self).pointee(iteration, lane: lane)
  }
}
