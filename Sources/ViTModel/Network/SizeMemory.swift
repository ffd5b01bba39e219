import Platform

/// What depends on nothing but the size of the images, for the sizes that a model is used with, so that it is not made
/// anew in every call.
final class SizeMemory<Value: Sendable>: Sendable {
  /// The size, and whether positions are resampled for it.
  struct Key: Sendable, Equatable {
    let size: ImageExtent
    let interpolate: Bool
  }

  private let own: (key: Key, value: Value)
  /// That of the last other size; a processor makes one size.
  private let other = Locked<(key: Key, value: Value)?>(nil)

  /// - Parameter own: The size that the model was made for.
  init(own key: Key, _ value: Value) { own = (key, value) }

  /// The value for a size, which `make` makes where it is not known yet.
  func value(for key: Key, _ make: () throws -> Value) rethrows -> Value {
    if key == own.key { return own.value }
    if let last = other.withLock({ $0 }), last.key == key { return last.value }
    let value = try make()
    other.withLock { $0 = (key, value) }
    return value
  }
}
