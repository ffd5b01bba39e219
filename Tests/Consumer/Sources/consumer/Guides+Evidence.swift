// The code of Docs/Evidence.md, Docs/Maps.md and Docs/Receipts.md.

import AIGuardVision

func examine(_ image: [UInt8], _ classifier: ImageClassifier, anchors pem: [UInt8]) async throws {
  let trust = TrustConfiguration(anchors: try TrustConfiguration.certificates(pem: pem))
  let examination = try await classifier.examine(imageBytes: image, reader: EvidenceReader(trust: trust))
  print(examination.summary)
  for statement in examination.evidence.statements {
    print(statement.strength, statement.text, statement.caveat)
  }
}

func map(of image: [UInt8], _ classifier: ImageClassifier) async throws -> [UInt8] {
  let rollout = try await classifier.explain(imageBytes: image)
  print(rollout.values.shape, try rollout.values.elements, rollout.result[0].label)
  let occlusion = try await classifier.explain(
    imageBytes: image, by: .occlusion(Occlusion(side: 32, stride: 16)))
  return try ImageEncoder.encode(occlusion.image(longestSide: 800), as: .png())
}

func keep(_ image: [UInt8], _ classifier: ImageClassifier, _ key: Ed25519PrivateKey) async throws -> String {
  let (result, receipt) = try await classifier.receipt(imageBytes: image)
  print(result[0].label, receipt.file.sha256)
  return try ReceiptFile(receipt, signedWith: key).text
}

func check(_ text: [UInt8], _ image: [UInt8], _ classifier: ImageClassifier) async throws -> ReceiptStage? {
  let file = try ReceiptFile(contents: text)
  return try await classifier.replay(file.receipt, imageBytes: image).firstDifference
}
