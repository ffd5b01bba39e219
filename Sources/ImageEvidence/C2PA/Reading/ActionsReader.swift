/// The actions of one assertion, and what is wrong with them.
struct ActionsContent: Sendable {
  /// An action with the references to ingredients that it holds.
  struct Entry: Sendable {
    var action: Action
    let ingredients: [HashedURI]
  }

  private(set) var entries: [Entry] = []
  private(set) var templates: [Action] = []
  /// What is against the form of actions; nil where nothing is.
  private(set) var problem: String?

  /// How deep actions may name related ones.
  private static let maximumDepth = 8

  init(_ value: CBORValue, label: String, list: AssertionList, isIntact: Bool) {
    guard let actions = value["actions"]?.arrayValue, !actions.isEmpty else {
      problem = "it has no list of actions"
      return
    }
    let form = Form(
      label: label, list: list, isIntact: isIntact, agents: value["softwareAgents"]?.arrayValue ?? [])
    for template in value["templates"]?.arrayValue ?? [] {
      guard let entry = form.entry(template, isTemplate: true) else {
        problem = "a template names no action"
        continue
      }
      templates.append(entry.action)
    }
    for action in actions { add(action, form, depth: 0) }
  }

  private mutating func add(_ value: CBORValue, _ form: Form, depth: Int) {
    guard depth < Self.maximumDepth, var entry = form.entry(value, isTemplate: false) else {
      problem = depth < Self.maximumDepth ? "an action has no name" : "actions are related too deep"
      return
    }
    fill(&entry.action)
    entries.append(entry)
    for related in value["related"]?.arrayValue ?? [] { add(related, form, depth: depth + 1) }
  }

  /// What an action leaves open a template says, one of its own name before the one for all.
  private func fill(_ action: inout Action) {
    for name in [action.name, "*"] {
      for template in templates where template.name == name {
        action.digitalSourceType = action.digitalSourceType ?? template.digitalSourceType
        action.description = action.description ?? template.description
        if action.softwareAgent == nil {
          action.softwareAgent = template.softwareAgent
          action.softwareAgentVersion = template.softwareAgentVersion
        }
      }
    }
  }

  /// How the actions of one assertion are read.
  private struct Form {
    let label: String
    let list: AssertionList
    let isIntact: Bool
    let agents: [CBORValue]

    func entry(_ value: CBORValue, isTemplate: Bool) -> Entry? {
      guard let name = value["action"]?.textValue else { return nil }
      // A map by the specification; writers have plain texts in new actions too.
      var agent = value["softwareAgent"]
      if agent == nil, let index = value["softwareAgentIndex"]?.countValue, index < agents.count {
        agent = agents[index]
      }
      let parameters = value[isTemplate ? "templateParameters" : "parameters"]
      let list = parameters?["ingredients"]?.arrayValue ?? []
      let one = parameters?["ingredient"].map { [$0] } ?? []
      let ingredients = (list + one).compactMap(HashedURI.init)
      return Entry(
        action: Action(
          name: name, digitalSourceType: value["digitalSourceType"]?.textValue,
          softwareAgent: agent?.textValue ?? agent?["name"]?.textValue,
          softwareAgentVersion: agent?["version"]?.textValue, when: value["when"]?.textValue,
          description: value["description"]?.textValue, reason: value["reason"]?.textValue,
          ingredients: ingredients.map(\.url), redacted: parameters?["redacted"]?.textValue, list: self.list,
          assertion: label, isIntact: isIntact, isTemplate: isTemplate),
        ingredients: ingredients)
    }
  }
}
