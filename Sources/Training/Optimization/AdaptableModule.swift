import Checkpoint
import Layers
import ViTModel

/// A linear layer whose weight low-rank factors can stand beside.
package struct AdaptableModule: Sendable, Equatable {
  /// As transformers 5 has it in memory, and PEFT with it: `vit.layers.0.attention.q_proj`.
  package let name: String
  /// Where its weight begins in a buffer, in floats: [rows, columns].
  package let offset: Int
  package let rows: Int
  package let columns: Int
  package let depth: Int

  package init(name: String, offset: Int, rows: Int, columns: Int, depth: Int) {
    self.name = name
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.depth = depth
  }
}

extension NetworkParameters {
  /// The linear layers of the encoder, as the modules that transformers 5 has in memory: where one is the half of a tensor
  /// on disk, or a third of one in memory, what is adapted is the module.
  ///
  /// Not among them are the classifier, which is learnt whole, and the attention of SigLIP's pooling head, which is no
  /// module of linear layers there.
  package var adaptableModules: [AdaptableModule] {
    let naming = config.keyNaming.inMemory
    var modules: [AdaptableModule] = []
    var places: [String: Int] = [:]
    for request in requests where request.shape.count == 2 {
      let parameter = layout.parameters[request.place.index]
      let key = naming.location(of: request.name).candidates.last ?? request.name
      guard parameter.role == .weight, !parameter.isClassifier, key.hasSuffix(".weight"),
        !key.contains(".head.attention.")
      else { continue }
      let name = String(key.dropLast(".weight".count))
      guard let place = places[name] else {
        places[name] = modules.count
        modules.append(
          AdaptableModule(
            name: name, offset: request.place.offset, rows: request.shape[0], columns: request.shape[1],
            depth: parameter.depth))
        continue
      }
      let first = modules[place]
      modules[place] = AdaptableModule(
        name: name, offset: min(first.offset, request.place.offset), rows: first.rows + request.shape[0],
        columns: first.columns, depth: first.depth)
    }
    return modules
  }
}

extension KeyNaming {
  /// How the modules are called in memory that transformers 5 saves under this naming.
  var inMemory: KeyNaming {
    switch family {
    case .transformers4: KeyNaming(family: .transformers5, prefix: prefix)
    case .vitMSN: KeyNaming(family: .vitMSNTransformers5, prefix: prefix)
    case .dinov2: KeyNaming(family: .dinov2Transformers5, prefix: prefix)
    case .timmWrapper: KeyNaming(family: .timmWrapper, prefix: "timm_model.")
    default: self
    }
  }
}
