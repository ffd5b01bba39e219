import Foundation
import ModelService
import Testing

@testable import ServiceHTTP

@Suite struct MultipartFormTests {
  private static func parts(_ text: String, _ boundary: String = "b") throws -> [MultipartForm.Part] {
    try MultipartForm(Array(text.replacing("\n", with: "\r\n").utf8), boundary: boundary).parts
  }

  @Test func partsAreFound() throws {
    let parts = try Self.parts(
      """
      preamble
      --b
      Content-Disposition: form-data; name="email"

      a@b.c
      --b \t
      content-disposition: form-data; filename="x \\"y\\"; z.jpg"; name=file
      Content-Type: image/jpeg

      --bb
      --b
      Content-Disposition: form-data; name="empty"


      --b--
      epilogue
      """)
    #expect(
      parts == [
        .init(name: "email", fileName: nil, bytes: Array("a@b.c".utf8)),
        .init(name: "file", fileName: "x \"y\"; z.jpg", bytes: Array("--bb".utf8)),
        .init(name: "empty", fileName: nil, bytes: []),
      ])
  }

  @Test func everyByteOfAFileArrives() throws {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) } + Array("\r\n--".utf8)
    let body =
      Array("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"g\"\r\n\r\n".utf8) + bytes
      + Array("\r\n--b--".utf8)
    #expect(try MultipartForm(body, boundary: "b").parts[0].bytes == bytes)
  }

  @Test(arguments: [
    "", "--", "--b", "--b\n", "--b\n\n", "--bX\n", "no boundary",
    "--b\nContent-Disposition: form-data; name=\"a\"\n\nno end",
    "--b\nno colon\n\nx\n--b--", "--b\nContent-Disposition: attachment; name=\"a\"\n\nx\n--b--",
    "--b\nContent-Disposition: form-data\n\nx\n--b--", "--b\n\nx\n--b--",
    "--b\nContent-Disposition: form-data; name=\"a\"\nContent-Transfer-Encoding: base64\n\nx\n--b--",
    "--b\nContent-Disposition: form-data; name=\"a\"; x=\(String(repeating: "y", count: 9000))\n\nx\n--b--",
  ])
  func whatIsNoFormIsRefused(_ text: String) {
    #expect(throws: ServiceFailure.self) { try Self.parts(text) }
  }

  @Test func thereAreOnlySoManyParts() {
    let part = "--b\nContent-Disposition: form-data; name=\"a\"\n\nx\n"
    #expect(throws: Never.self) { try Self.parts(String(repeating: part, count: 32) + "--b--") }
    #expect(throws: ServiceFailure.self) { try Self.parts(String(repeating: part, count: 33) + "--b--") }
  }

  /// Every prefix and every changed byte of a form is a form or refused; none ends the process.
  @Test func damagedFormsAreFormsOrRefused() throws {
    let form = Array(
      "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"c\"\r\n\r\nxyz\r\n--b\r\n\r\n\r\n--b--"
        .utf8)
    for end in 0...form.count { _ = try? MultipartForm(Array(form[..<end]), boundary: "b") }
    for position in form.indices {
      for value in [0, 10, 13, 34, 45, 58, 59, 98, 255] as [UInt8] {
        var changed = form
        changed[position] = value
        _ = try? MultipartForm(changed, boundary: "b")
      }
    }
  }

  @Test func boundariesAreCheckedBeforeTheyAreUsed() throws {
    #expect(try MultipartForm.boundary(ofContentType: "Multipart/Form-Data; boundary=\"a b\"") == "a b")
    #expect(try MultipartForm.boundary(ofContentType: "image/jpeg") == nil)
    for type in [
      "multipart/form-data", "multipart/form-data; boundary=",
      "multipart/form-data; boundary=\(String(repeating: "x", count: 71))",
    ] {
      #expect(throws: ServiceFailure.self) { try MultipartForm.boundary(ofContentType: type) }
    }
  }
}
