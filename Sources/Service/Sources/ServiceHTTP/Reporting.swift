import AIGuardVision
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import ModelService

/// The outermost layer: every failure becomes a problem, every request is counted, timed and logged, every answer has the
/// headers that keep browsers strict.
struct Reporting: RouterMiddleware {
  typealias Context = ServiceContext

  private static let fixedHeaders: HTTPFields = [
    .xContentTypeOptions: "nosniff",
    .referrerPolicy: "no-referrer",
    .crossOriginResourcePolicy: "same-origin",
  ]

  /// Others are one: whoever makes methods up does not fill the memory with counters.
  private static let countedMethods: Set<HTTPRequest.Method> = [
    .delete, .get, .head, .options, .patch, .post, .put,
  ]

  let metrics: ServiceMetrics

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    let clock = ContinuousClock()
    let start = clock.now
    var response: Response
    var problem: Problem?
    do {
      response = try await next(request, context)
    } catch {
      let methods = Self.isNotRouted(error) ? MethodTable.standard.methods(of: request.uri.path) : []
      let found = methods.isEmpty ? Problem(error) : Problem(HTTPError(.methodNotAllowed))
      problem = found
      response = try found.response()
      if !methods.isEmpty { response.headers[.allow] = methods.joined(separator: ", ") }
      metrics.count(.errors, "kind=\"\(found.kind)\"")
      if found.status >= 500 {
        context.logger.error("\(found.kind): \(error)", metadata: ["request": "\(context.requestID)"])
      }
    }
    let time = clock.now - start
    let route = context.endpointPath ?? "none"
    metrics.record(.request, time)
    let method = Self.countedMethods.contains(request.method) ? request.method.rawValue : "other"
    metrics.count(
      .requests,
      "route=\"\(ServiceMetrics.escaped(route))\",method=\"\(method)\",status=\"\(response.status.code)\"")
    response.headers[.requestID] = context.requestID
    for field in Self.fixedHeaders where response.headers[field.name] == nil {
      response.headers.append(field)
    }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    context.logger.info(
      "request",
      metadata: [
        "request": "\(context.requestID)", "method": "\(request.method)", "route": "\(route)",
        "status": "\(response.status.code)",
        "milliseconds": "\(Int((time / .milliseconds(1)).rounded()))", "error": "\(problem?.kind ?? "-")",
      ])
    return response
  }

  private static func isNotRouted(_ error: any Error) -> Bool {
    (error as? HTTPError)?.status == .notFound
  }
}
