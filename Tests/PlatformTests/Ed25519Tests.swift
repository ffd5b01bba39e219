import Testing

@testable import Platform

/// Ed25519 against the vectors of RFC 8032 (section 7.1) and the keys of RFC 8410 (section 10).
@Suite struct Ed25519Tests {
  private func bytes(_ text: String) throws -> [UInt8] { try #require([UInt8](hexadecimal: text)) }

  @Test(arguments: [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ])
  func signaturesAreTheVectors(_ secret: String, _ publicKey: String, _ message: String, _ signature: String)
    throws
  {
    let key = try Ed25519PrivateKey(raw: bytes(secret))
    #expect(try key.publicKey.description == publicKey)
    let signed = try key.signature(of: bytes(message))
    #expect(signed.hexadecimal == signature)
    let other = try Ed25519PublicKey(bytes: bytes(publicKey))
    #expect(try other.verifies(signed, of: bytes(message)))
    #expect(try !other.verifies(signed, of: bytes(message) + [0]))
    for index in [0, 31, 32, 63] {
      var changed = signed
      changed[index] ^= 1
      #expect(try !other.verifies(changed, of: bytes(message)), "\(index)")
    }
    #expect(try !other.verifies([], of: bytes(message)))
    #expect(try !other.verifies(signed + [0], of: bytes(message)))
  }

  private let privatePEM = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
    -----END PRIVATE KEY-----

    """
  private let publicPEM = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    -----END PUBLIC KEY-----

    """

  @Test func keysAreReadFromPEM() throws {
    let key = try Ed25519PrivateKey(pem: privatePEM.utf8)
    #expect(try key.publicKey == Ed25519PublicKey(pem: publicPEM.utf8))
    #expect(
      try key.publicKey.description == "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1")
  }

  @Test func whatIsNoKeyIsRefused() throws {
    func refusal(_ text: String) throws -> SigningKeyError {
      try #require(throws: SigningKeyError.self) { try Ed25519PrivateKey(pem: text.utf8) }
    }
    for text in [
      "", "no key", publicPEM, String(privatePEM.dropLast(40)), privatePEM.replacing("MC4C", with: "MC4D"),
    ] {
      #expect(try refusal(text) == .noKey(isPrivate: true))
    }
    // Of OpenSSL, with the pass phrase x: nobody is asked for it.
    let encrypted = """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiXuvHlkhyImgICCAAw
      DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMy0WNhPV5ntbQx55Vhgt4QEQOS6
      vweEtz+ap59NLEBv9sk0wylcV/Y/KcUFE8ujNfzTOyfdxBQyjktnjgVUVYEfKXUY
      LJ8GOt1Si2OeYkvOs/k=
      -----END ENCRYPTED PRIVATE KEY-----

      """
    #expect(try refusal(encrypted) == .encrypted)
    let ofP256 = """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7vhRdrmSC72+mnIz
      EfRO3JUleaPViTrjN1yaNPWnTmqhRANCAARbcVNn8WS7MPrrXdiZb1RmJ6rkfKVC
      R7rfDitaFQ+50a05A9/ARWZZpNQQZ0ngU5MoVQ25MXFk6AqXlH43R7b5
      -----END PRIVATE KEY-----

      """
    #expect(try refusal(ofP256) == .otherAlgorithm("EC"))
    #expect(throws: SigningKeyError.noKey(isPrivate: false)) { try Ed25519PublicKey(pem: privatePEM.utf8) }
    #expect(throws: SigningKeyError.self) { try Ed25519PublicKey(bytes: [1]) }
    // 32 bytes that are no point of the curve verify nothing, and do not trap.
    let none = try Ed25519PublicKey(bytes: [UInt8](repeating: 0xFE, count: 32))
    #expect(!none.verifies([UInt8](repeating: 0, count: 64), of: []))
  }
}
