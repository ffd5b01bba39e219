import Checkpoint
import TensorCore

/// What a layer that learns knows of one of its parameters.
package struct ParameterPlace: Sendable, Equatable {
  /// Which parameter of the layout it is, or is a part of.
  package let index: Int
  /// Where it begins in a buffer, in floats.
  package let offset: Int
  package let count: Int
}

/// What the layers of a network ask to learn, in the order of their asking.
///
/// They ask for the names that `WeightLoader` knows. What is one tensor in the files of the model's kind (queries, keys and
/// values in timm's) is one parameter, and the layers have parts of it. Not to be shared by threads.
package final class ParameterPlan {
  /// One request: what is to be read to where.
  package struct Request: Sendable, Equatable {
    /// As `WeightLoader` takes it.
    package let name: String
    package let shape: [Int]
    package let place: ParameterPlace
    package let isClassifier: Bool
  }

  package private(set) var requests: [Request] = []
  private var parameters: [Parameter] = []
  private var indices: [String: Int] = [:]
  private var count = 0
  /// In floating point, because the exact sum of hostile extents might overflow.
  private var floats = 0.0
  private let naming: KeyNaming

  /// - Parameter naming: How the files of the model are spelt.
  package init(naming: KeyNaming) { self.naming = naming }

  /// The floats of a buffer, or more where that is beyond what can be counted.
  package var demand: Double { floats }

  /// The parameters that were asked for. `demand` must be within the limit.
  package func layout(lastDepth: Int) -> ParameterLayout {
    ParameterLayout(parameters: parameters, count: count, lastDepth: lastDepth)
  }

  fileprivate func place(
    _ name: String, shape: [Int], role: Parameter.Role, depth: Int, isClassifier: Bool
  ) -> ParameterPlace {
    let size = shape.reduce(1.0) { $0 * Double($1) }
    let location = naming.location(of: name)
    let key = location.candidates.first ?? name
    let parts = location.part?.count ?? 1
    let index: Int
    if let found = indices[key] {
      index = found
    } else {
      floats += size * Double(parts) + Double(Workspace.rounded(1))
      // The network is about to be refused.
      guard floats < Double(ActivationPlan.limit) else {
        return ParameterPlace(index: 0, offset: 0, count: 0)
      }
      var whole = shape
      if parts > 1 { whole[0] *= parts }
      index = parameters.count
      indices[key] = index
      parameters.append(
        Parameter(
          name: key, shape: whole, role: role, depth: depth, offset: count, isClassifier: isClassifier))
      count += Workspace.rounded(parameters[index].count)
    }
    let length = Int(size)
    let place = ParameterPlace(
      index: index, offset: parameters[index].offset + (location.part?.index ?? 0) * length, count: length)
    requests.append(Request(name: name, shape: shape, place: place, isClassifier: isClassifier))
    return place
  }
}

/// What the layers that learn are put together from: a place in the key path, and the depth.
package struct ParameterBuilder {
  private let plan: ParameterPlan
  private let path: String
  private let depth: Int
  private let isClassifier: Bool

  package init(_ plan: ParameterPlan, depth: Int) {
    self.init(plan, path: "", depth: depth, isClassifier: false)
  }

  private init(_ plan: ParameterPlan, path: String, depth: Int, isClassifier: Bool) {
    self.plan = plan
    self.path = path
    self.depth = depth
    self.isClassifier = isClassifier
  }

  /// The builder of a module's child.
  package func scoped(_ name: String) -> ParameterBuilder {
    ParameterBuilder(plan, path: key(name), depth: depth, isClassifier: isClassifier)
  }

  /// That of a classifier.
  package func classifier(_ name: String) -> ParameterBuilder {
    ParameterBuilder(plan, path: key(name), depth: depth, isClassifier: true)
  }

  /// Asks for a parameter.
  package func parameter(_ name: String, shape: [Int], _ role: Parameter.Role) -> ParameterPlace {
    plan.place(key(name), shape: shape, role: role, depth: depth, isClassifier: isClassifier)
  }

  private func key(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
}
