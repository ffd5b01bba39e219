import AIGuardDefaultModel
import AIGuardVision
import Foundation

let data = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
let classifier = try ImageClassifier.defaultModel()
let result = try classifier.classifyAndWait(imageBytes: data)
print(result[0].label, result[0].score)
