import ImageEvidence
import Testing

@Suite struct DigitalSourceTypeTests {
  @Test(arguments: [
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia/",
    "digsrctype:trainedAlgorithmicMedia", "trainedAlgorithmicMedia", " TrainedAlgorithmicMedia\n",
  ])
  func everySpellingIsRead(_ text: String) {
    #expect(DigitalSourceType(text) == .trainedAlgorithmicMedia)
  }

  @Test func algorithmsWithoutTrainingAreNoModels() {
    #expect(DigitalSourceType("algorithmicMedia")?.meaning == .otherwiseMade)
    #expect(DigitalSourceType("trainedAlgorithmicMedia")?.meaning == .generated)
    #expect(DigitalSourceType("http://c2pa.org/digitalsourcetype/empty") == .empty)
    #expect(DigitalSourceType("c2pa.trainedAlgorithmicData") == .trainedAlgorithmicData)
    #expect(DigitalSourceType("http://cv.iptc.org/newscodes/digitalsourcetype/") == nil)
    #expect(DigitalSourceType("a trainedAlgorithmicMedia") == nil)
  }

  @Test func termsAreFoundByTheirURI() {
    for term in DigitalSourceType.allCases { #expect(DigitalSourceType(term.uri) == term) }
  }

  @Test func findingsAreOneLine() {
    let finding = EvidenceFinding(.note, at: "a\nb", "\u{1B}[31m\u{202E}x")
    #expect(!finding.place.contains("\n"))
    #expect(!finding.text.unicodeScalars.contains { ["\u{1B}", "\u{202E}"].contains($0) })
  }
}
