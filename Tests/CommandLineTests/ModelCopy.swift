import Foundation
import TestSupport
import Testing

/// Copies the built-in model's folder to `folder`, its JSON file `name` changed.
func copyDefaultModel(
  to folder: URL, changing name: String, _ change: (inout [String: Any]) -> Void
) throws {
  let source = Fixtures.root.deletingLastPathComponent()
    .appendingPathComponent("Sources/CDefaultModel/model")
  try FileManager.default.copyItem(at: source, to: folder)
  let file = folder.appendingPathComponent(name)
  var object = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
  change(&object)
  try JSONSerialization.data(withJSONObject: object).write(to: file)
}
