import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Testing

@testable import ModelService
@testable import ServiceHTTP

/// A service that fetches what strangers ask for must not be a way into its own network.
@Suite(.serialized) struct FetchTests {
  private static func bytes(_ text: String) throws -> [UInt8] {
    if text.contains(":") {
      var address = in6_addr()
      try #require(inet_pton(AF_INET6, text, &address) == 1)
      return withUnsafeBytes(of: address) { Array($0) }
    }
    var address = in_addr()
    try #require(inet_pton(AF_INET, text, &address) == 1)
    return withUnsafeBytes(of: address) { Array($0) }
  }

  /// The first and the last address of each block of the registries' tables of special addresses.
  @Test(arguments: [
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
    "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0",
    "192.0.0.255",
    "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255", "::", "::1", "::7f00:1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "100::1",
    "2001::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ffff::1",
  ]) func addressesOfNobodysOwnNetworkAreRefused(_ text: String) throws {
    #expect(!NetworkAddress(bytes: try Self.bytes(text)).isGlobalUnicast)
  }

  @Test(arguments: [
    "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "2001:200::1",
    "2001:4860:4860::8888",
    "2400::1", "2a00:1450::1",
  ]) func othersAreNot(_ text: String) throws {
    #expect(NetworkAddress(bytes: try Self.bytes(text)).isGlobalUnicast)
  }

  @Test(arguments: [
    "", "x", "ftp://a.de/", "file:///etc/passwd", "gopher://a.de/", "http:/a.de", "http://", "http:///x",
    "http://user@a.de/", "http://user:secret@a.de/", "http://a.de@b.de/", "http://a.de\\@b.de/",
    "http://a.de:99999/",
    "http://a.de:0/", "http://a.de:/", "http://a.de:80:80/", "http://[::1]/", "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://a..de/",
    "http://.de/",
    "http://a.de./", "http://-a.de/", "http://a-.de/", "http://a_b.de/", "http://ä.de/", "http://a.de/ x",
    "http://a.de/\r\nHost: b.de", "http://a.de/\u{0}", "http://a%2ede/", "http://①②⑦.de/",
    "http://\(String(repeating: "a", count: 64)).de/", "http://a.de/\(String(repeating: "a", count: 2048))",
  ]) func whatReadersMayReadInTwoWaysIsNoURL(_ text: String) throws {
    #expect(throws: ServiceFailure.self) { _ = try ImageURL(text) }
  }

  @Test func otherURLsAreReadOnce() throws {
    #expect(
      try ImageURL("HTTPS://Images.Example.com/a/b.jpg?x=1#y").text
        == "https://images.example.com:443/a/b.jpg?x=1")
    #expect(try ImageURL("http://a.de").text == "http://a.de:80/")
    #expect(try ImageURL("http://a.de?x=@b.de").text == "http://a.de:80/?x=@b.de")
    #expect(try ImageURL("http://xn--bcher-kva.de:8080/%C3%A4").text == "http://xn--bcher-kva.de:8080/%C3%A4")
  }

  @Test func onlyNamesOnTheListAreFetched() {
    let rule = ImageFetcher.Rule(hosts: ["a.de", ".B.de"])
    for (host, isNamed) in [
      ("a.de", true), ("x.a.de", false), ("xa.de", false), ("a.de.evil.de", false), ("b.de", false),
      ("x.b.de", true),
      ("x.y.b.de", true), ("xb.de", false),
    ] { #expect(rule.names(host) == isNamed, "\(host)") }
    #expect(ImageFetcher.Rule(hosts: ["*"]).names("c.de"))
    #expect(!ImageFetcher.Rule(hosts: []).names("a.de"))
  }

  /// Runs a web server that has an image, and what would lead a careless reader elsewhere.
  private static func withOrigin(_ body: @Sendable (_ port: Int) async throws -> Void) async throws {
    let router = Router()
    let photo = try Samples.photo()
    func redirect(_ path: String, _ location: String, _ status: HTTPResponse.Status = .found) {
      router.get(RouterPath(path)) { _, _ in Response(status: status, headers: [.location: location]) }
    }
    router.get("photo") { _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: photo))) }
    router.get("once") { request, _ in
      Response(status: .movedPermanently, headers: [.location: "/photo"])
    }
    redirect("twice", "once", .seeOther)
    redirect("thrice", "twice", .temporaryRedirect)
    redirect("four-times", "thrice", .permanentRedirect)
    redirect("loop", "/loop")
    redirect("elsewhere", "http://other.test/photo")
    redirect("file", "file:///etc/passwd")
    redirect("metadata", "http://169.254.169.254/latest/meta-data/")
    redirect("port", "http://localhost:22/")
    router.get("nowhere") { _, _ in Response(status: .found) }
    router.get("large") { _, _ in
      Response(status: .ok, body: .init(byteBuffer: ByteBuffer(repeating: 0, count: 2_000_000)))
    }
    router.get("endless") { _, _ in
      Response(
        status: .ok,
        body: ResponseBody { writer in
          for _ in 0..<1000 { try await writer.write(ByteBuffer(repeating: 0, count: 10_000)) }
          try await writer.finish(nil)
        })
    }
    router.get("slow") { _, _ in
      try await Task.sleep(for: .seconds(30))
      return Response(status: .ok)
    }
    router.get("text") { _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "secret")))
    }
    let (ports, report) = AsyncStream<Int>.makeStream()
    let origin = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { report.yield($0.localAddress?.port ?? 0) },
      logger: Logger(label: "origin") { _ in SwiftLogNoOpLogHandler() })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await origin.run() }
      guard let port = await ports.first(where: { _ in true }) else { return }
      try await body(port)
      group.cancelAll()
    }
  }

  private static func fetcher(_ port: Int, limit: Int = 1_000_000, timeout: Double = 10) -> ImageFetcher {
    var rule = ImageFetcher.Rule(hosts: ["localhost"])
    rule.ports = [port]
    rule.mayConnect = { $0.bytes == [127, 0, 0, 1] || $0.isGlobalUnicast }
    var fetcher = ImageFetcher(rule: rule, limit: limit)
    fetcher.timeout = timeout
    return fetcher
  }

  @Test func whatIsThereIsFetched() async throws {
    try await Self.withOrigin { port in
      let photo = [UInt8](try Samples.photo())
      for path in ["photo", "once", "twice", "thrice"] {
        #expect(
          try await Self.fetcher(port).bytes(of: "http://localhost:\(port)/\(path)") == photo, "\(path)")
      }
    }
  }

  @Test func everyRedirectIsCheckedAsTheFirstURL() async throws {
    try await Self.withOrigin { port in
      let fetcher = Self.fetcher(port)
      for (path, kind) in [
        ("four-times", "not-fetched"),
        ("loop", "not-fetched"),
        ("nowhere", "not-fetched"),
        ("none", "not-fetched"),
        ("elsewhere", "url-refused"),
        ("port", "url-refused"),
        ("file", "invalid-request"),
        ("metadata", "invalid-request"),
        ("large", "limit-exceeded"),
        ("endless", "limit-exceeded"),
      ] {
        var found = "fetched"
        do { _ = try await fetcher.bytes(of: "http://localhost:\(port)/\(path)") } catch let failure
          as ServiceFailure
        { found = failure.kind }
        #expect(found == kind, "\(path)")
      }
      await #expect(throws: ServiceFailure.notFetched("it took longer than 0.3 s")) {
        try await Self.fetcher(port, timeout: 0.3).bytes(of: "http://localhost:\(port)/slow")
      }
    }
  }

  /// A name may be on the list and lead to this machine all the same: the address decides.
  @Test func theAddressThatIsConnectedToDecides() async throws {
    try await Self.withOrigin { port in
      var rule = ImageFetcher.Rule(hosts: ["*"])
      rule.ports = [port]
      await #expect(throws: ServiceFailure.urlRefused("its host is not one that anybody may reach")) {
        try await ImageFetcher(rule: rule, limit: 1_000_000).bytes(of: "http://localhost:\(port)/photo")
      }
    }
  }

  @Test func aServiceFetchesOnlyWhereItIsToldTo() async throws {
    try await Self.withOrigin { port in
      let body = Data(#"{"url": "http://localhost:\#(port)/photo"}"#.utf8)
      try await TestServer.run { server in
        let refused = try await server.post("/v1/images", body, type: "application/json")
        #expect(refused.status == 403 && refused.kind == "url-refused")
      }
      try await TestServer.run({ configuration, _ in configuration.fetching = Self.fetcher(port).rule }) {
        server in
        let fetched = try await server.post("/v1/images", body, type: "application/json")
        let sent = try await server.post("/v1/images", try Samples.photo())
        #expect(
          fetched.status == 200 && fetched.json?["sha256"] as? String == sent.json?["sha256"] as? String)
        // What is no image is not shown to whoever asked for it.
        let text = try await server.post(
          "/v1/images", Data(#"{"url": "http://localhost:\#(port)/text"}"#.utf8), type: "application/json")
        #expect(text.status == 400 || text.status == 415 || text.status == 422)
        #expect(!String(decoding: text.body, as: UTF8.self).contains("secret"))
        for body in [#"{}"#, #"{"url": "x", "image": ""}"#, #"{"url": 5}"#] {
          #expect(
            try await server.post("/v1/images", Data(body.utf8), type: "application/json").status == 400)
        }
      }
    }
  }
}
