import HTTPTypes
import Hummingbird

/// The page, out of the binary. Nothing on it comes from elsewhere.
struct PageRoutes: Sendable {
  /// Whether the page has to ask for a key.
  let needsKeys: Bool

  static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

  private static let files: [(path: String, type: String, bytes: [UInt8])] = [
    ("", "text/html; charset=utf-8", PackageResources.index_html),
    ("page.css", "text/css; charset=utf-8", PackageResources.page_css),
    ("page.js", "text/javascript; charset=utf-8", PackageResources.page_js),
    ("texts.js", "text/javascript; charset=utf-8", PackageResources.texts_js),
    ("docs", "text/html; charset=utf-8", PackageResources.docs_html),
    ("docs.js", "text/javascript; charset=utf-8", PackageResources.docs_js),
    ("favicon.svg", "image/svg+xml", PackageResources.favicon_svg),
    ("openapi.json", "application/json", PackageResources.openapi_json),
  ]

  /// Of all files.
  static let paths = files.map(\.path) + ["page-settings.json"]

  func add(to router: Router<ServiceContext>) {
    for (path, type, bytes) in Self.files { serve(path, bytes, type, router) }
    router.get("page-settings.json") { _, _ in try Response.json(["needsKeys": needsKeys]) }
  }

  private func serve(_ path: String, _ bytes: [UInt8], _ type: String, _ router: Router<ServiceContext>) {
    router.get(RouterPath(path)) { _, _ in
      Response.bytes(
        bytes, type: type, headers: [.contentSecurityPolicy: Self.policy, .cacheControl: "no-cache"])
    }
  }
}
