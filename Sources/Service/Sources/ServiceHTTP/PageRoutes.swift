import HTTPTypes
import Hummingbird

/// The page, out of the binary. Nothing on it comes from elsewhere.
struct PageRoutes: Sendable {
  /// Whether the page has to ask for a key.
  let needsKeys: Bool

  static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

  func add(to router: Router<ServiceContext>) {
    serve("", PackageResources.index_html, "text/html; charset=utf-8", router)
    serve("page.css", PackageResources.page_css, "text/css; charset=utf-8", router)
    serve("page.js", PackageResources.page_js, "text/javascript; charset=utf-8", router)
    serve("texts.js", PackageResources.texts_js, "text/javascript; charset=utf-8", router)
    serve("favicon.svg", PackageResources.favicon_svg, "image/svg+xml", router)
    serve("openapi.json", PackageResources.openapi_json, "application/json", router)
    router.get("page-settings.json") { _, _ in JSONBody.response(["needsKeys": needsKeys]) }
  }

  private func serve(_ path: String, _ bytes: [UInt8], _ type: String, _ router: Router<ServiceContext>) {
    router.get(RouterPath(path)) { _, _ in
      Response(
        status: .ok,
        headers: [.contentType: type, .contentSecurityPolicy: Self.policy, .cacheControl: "no-cache"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
  }
}
