/// A JSON object: its members in the order of the text, duplicates included.
public struct JSONObject: Sendable, Equatable {
  /// One `"key": value` of an object.
  public struct Member: Sendable, Equatable {
    /// The key, its escapes resolved.
    public let key: String
    /// The value.
    public let value: JSONValue

    /// Makes a member.
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The members in the order of the text.
  public let members: [Member]

  /// Makes an object of `members`, in that order.
  public init(members: [Member]) {
    self.members = members
  }

  /// The value of `key`; where the key occurs twice, the last one, as in Python's `json`.
  ///
  /// Keys are compared by their Unicode scalars, not by canonical equivalence as `String` does, since two
  /// spellings of an accented letter are two keys to every other JSON reader.
  public subscript(_ key: String) -> JSONValue? {
    members.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The same object with another value of `key`, in the place of the last one or at the end.
  public func setting(_ key: String, to value: JSONValue) -> JSONObject {
    var members = members
    let member = Member(key: key, value: value)
    if let index = members.lastIndex(where: { $0.key.utf8.elementsEqual(key.utf8) }) {
      members[index] = member
    } else {
      members.append(member)
    }
    return JSONObject(members: members)
  }

  /// The keys that occur more than once, each named once, in the order of their second occurrence.
  public var duplicateKeys: [String] {
    var seen = Set<ExactString>(minimumCapacity: members.count)
    var reported = Set<ExactString>()
    var duplicates: [String] = []
    for member in members {
      let key = ExactString(member.key)
      if !seen.insert(key).inserted, reported.insert(key).inserted { duplicates.append(member.key) }
    }
    return duplicates
  }
}
