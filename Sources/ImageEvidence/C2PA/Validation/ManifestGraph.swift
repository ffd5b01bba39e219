/// Which manifests lead to which, from the active one on.
struct ManifestGraph {
  private let maximumDepth: Int

  /// Manifests by their place in the store.
  private(set) var reachable: Set<Int> = []
  /// Ingredients that lead back to a manifest that they are an ingredient of, or too deep.
  private(set) var refused: [(owner: Int, ingredient: JUMBFURI, detail: String)] = []
  private var targets: [Int: Set<Int>] = [:]

  /// - Parameters:
  ///   - edges: For each manifest the ingredients and where their manifests stand.
  ///   - maximumDepth: How deep ingredients may lie inside each other.
  init(from active: Int, edges: [[(ingredient: JUMBFURI, target: Int)]], maximumDepth: Int) {
    self.maximumDepth = maximumDepth
    var path: Set<Int> = []
    visit(active, edges, &path)
  }

  private mutating func visit(
    _ node: Int, _ edges: [[(ingredient: JUMBFURI, target: Int)]], _ path: inout Set<Int>
  ) {
    reachable.insert(node)
    path.insert(node)
    for edge in edges[node] {
      if path.contains(edge.target) {
        refused.append((node, edge.ingredient, "it leads back to a manifest that it is an ingredient of"))
      } else if path.count > maximumDepth {
        refused.append(
          (node, edge.ingredient, "ingredients lie deeper than \(maximumDepth) inside each other"))
      } else {
        targets[node, default: []].insert(edge.target)
        if !reachable.contains(edge.target) { visit(edge.target, edges, &path) }
      }
    }
    path.remove(node)
  }

  /// All manifests that one leads to, itself apart.
  func descendants(of node: Int) -> Set<Int> {
    var found: Set<Int> = []
    var open = Array(targets[node] ?? [])
    while let next = open.popLast() {
      if found.insert(next).inserted { open += targets[next] ?? [] }
    }
    return found
  }
}
