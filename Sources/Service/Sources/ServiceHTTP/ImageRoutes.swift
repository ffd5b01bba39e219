import AIGuardVision
import Foundation
import HTTPTypes
import Hummingbird
import ImageProcessor
import ModelService
import ResultStore

/// Our own face: `/v1`.
struct ImageRoutes: Sendable {
  let service: ModelService
  let body: RequestBody

  func add(to router: RouterGroup<ServiceContext>) {
    router.get("models", use: models)
    router.post("images", use: classify)
    router.post("maps", use: map)
    router.post("thumbnails", use: makeThumbnail)
    router.post("receipts", use: receipt)
    router.post("reports", use: report)
    router.get("results", use: results)
    router.get("results/{id}", use: result)
    router.delete("results/{id}", use: delete)
    router.get("results/{id}/thumbnail", use: thumbnail)
    router.post("results/{id}/reviews", use: review)
    router.post("reviews/next", use: nextReview)
    router.get("audit", use: audit)
  }

  // MARK: Images

  @Sendable private func models(_ request: Request, _ context: ServiceContext) async throws -> Response {
    struct Model: Encodable {
      var name: String
      var id: String
      var sha256: String
      var note: String?
      var labels: [String]
      /// The calibrated scores of which a verdict is `unsure`: the lowest and the highest.
      var unsure: [Double]?
    }
    return try .json(
      [
        "models": try service.models.map { model in
          let identity = model.classifier.identity
          return Model(
            name: model.name, id: identity.id, sha256: try identity.sha256, note: identity.note,
            labels: model.classifier.labels,
            unsure: model.classifier.calibration.map { [$0.unsure.lowerBound, $0.unsure.upperBound] })
        }
      ])
  }

  @Sendable private func classify(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let client = try context.client(.classify)
    let input = try await ImageInput(request, body)
    let model = try service.model(named: request.uri.queryParameters.get("model") ?? input.fields["model"])
    let function = try ClassificationFunction(named: request.uri.queryParameters.get("function_to_apply"))
    let wantsViews = try request.flag("views")
    let keeps = try keepsThumbnail(request)
    func answer(_ file: ImageInput.File) async throws -> Data {
      let answer = try await service.classify(
        ImageRequest(
          bytes: file.bytes, model: model.name, function: function, owner: client.owner,
          sourceName: file.name,
          keepsThumbnail: keeps))
      let json = try ResultBody.json(answer.result, isCached: answer.isCached)
      guard wantsViews else { return json }
      let views = try await service.classifyViews(file.bytes, model: model)
      return StableJSON.adding("views", try StableJSON.data(views), to: json)
    }
    guard input.files.count > 1 else { return .json(data: try await answer(input.files[0])) }
    // One bad file does not spoil the others: each has a result or a problem, in their order.
    var results: [Data] = []
    for file in input.files {
      do {
        results.append(try await answer(file))
      } catch let failure as any ClassificationFailure where failure.isOfInput {
        results.append(try StableJSON.data(["problem": Problem(failure)]))
      }
    }
    return .json(data: Data("{\"results\":".utf8) + StableJSON.array(results) + Data("}".utf8))
  }

  private func keepsThumbnail(_ request: Request) throws(ServiceFailure) -> Bool {
    switch request.uri.queryParameters.get("keep") {
    case nil, "none": false
    case "thumbnail": true
    case let other?: throw .invalid("keep is none or thumbnail, not \"\(other)\"")
    }
  }

  /// A PNG: the image with the map over it.
  @Sendable private func map(_ request: Request, _ context: ServiceContext) async throws -> Response {
    _ = try context.client(.classify)
    let input = try await ImageInput(request, body)
    let model = try service.model(named: request.uri.queryParameters.get("model"))
    let png = try await service.map(input.files[0].bytes, model: model)
    return .bytes(png, type: "image/png")
  }

  /// A small JPEG, for browsers that do not show what was uploaded.
  @Sendable private func makeThumbnail(_ request: Request, _ context: ServiceContext) async throws -> Response
  {
    _ = try context.client(.classify)
    let input = try await ImageInput(request, body)
    let jpeg = try await service.thumbnail(input.files[0].bytes, model: service.model(named: nil))
    return .bytes(jpeg, type: "image/jpeg")
  }

  @Sendable private func receipt(_ request: Request, _ context: ServiceContext) async throws -> Response {
    _ = try context.client(.classify)
    let input = try await ImageInput(request, body)
    let model = try service.model(named: request.uri.queryParameters.get("model"))
    return try .json(try await service.receipt(input.files[0].bytes, model: model))
  }

  @Sendable private func report(_ request: Request, _ context: ServiceContext) async throws -> Response {
    _ = try context.client(.classify)
    let input = try await ImageInput(request, body)
    let model = try service.model(named: request.uri.queryParameters.get("model"))
    let html = try await service.report(
      input.files[0].bytes, name: input.files[0].name ?? "image", model: model)
    // To be saved: what a file says of itself is not shown as a page of this service.
    return .bytes(
      html.utf8, type: "text/html; charset=utf-8",
      headers: [.contentDisposition: "attachment; filename=\"report.html\""])
  }

  // MARK: Results

  @Sendable private func results(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let client = try context.client(.read)
    let parameters = request.uri.queryParameters
    let verdict = parameters.get("verdict")
    if let verdict, !["real", "fake", "unsure"].contains(verdict) {
      throw ServiceFailure.invalid("verdict is real, fake or unsure, not \"\(verdict)\"")
    }
    var since: Date?
    if let text = parameters.get("since") {
      guard let date = try? Date(text, strategy: .iso8601) else {
        throw ServiceFailure.invalid("since is a time as 2026-11-27T12:00:00Z, not \"\(text)\"")
      }
      since = date
    }
    let page = try await service.store.results(
      ResultQuery(
        owner: client.owner, before: try request.number("before", in: 0...Int64.max),
        limit: try request.number("limit", in: 1...ResultQuery.largestPage) ?? 50, verdict: verdict,
        isReviewed: parameters.get("reviewed") == nil ? nil : try request.flag("reviewed"), since: since))
    return .json(data: try ResultBody.page(page))
  }

  private func found(_ context: ServiceContext, _ client: Client) async throws -> StoredResult {
    guard let result = try await service.store.result(id: try id(context), owner: client.owner) else {
      throw ServiceFailure.noResult
    }
    return result
  }

  private func id(_ context: ServiceContext) throws(ServiceFailure) -> UUID {
    // What is no id names no result.
    guard let id = context.parameters.get("id").flatMap({ UUID(uuidString: $0) }) else { throw .noResult }
    return id
  }

  @Sendable private func result(_ request: Request, _ context: ServiceContext) async throws -> Response {
    Response.json(data: try ResultBody.json(try await found(context, try context.client(.read))))
  }

  @Sendable private func thumbnail(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let result = try await found(context, try context.client(.read))
    guard let jpeg = result.content.thumbnail else { throw ServiceFailure.noResult }
    return .bytes(jpeg, type: "image/jpeg", headers: [.cacheControl: "private, max-age=3600"])
  }

  @Sendable private func delete(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let client = try context.client(.read)
    guard try await service.store.delete(id: try id(context), owner: client.owner, at: Date()) else {
      throw ServiceFailure.noResult
    }
    return Response(status: .noContent)
  }

  // MARK: Reviews

  /// How long a result is kept for the reviewer that it was handed to, in seconds.
  private static let claimSeconds = 600.0

  @Sendable private func nextReview(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let client = try context.client(.review)
    let now = Date()
    guard
      let result = try await service.store.claimForReview(
        by: client.owner, at: now, until: now.addingTimeInterval(Self.claimSeconds))
    else { return Response(status: .noContent) }
    return .json(data: try ResultBody.json(result))
  }

  @Sendable private func review(_ request: Request, _ context: ServiceContext) async throws -> Response {
    struct Body: Decodable {
      var decision: Review.Decision
      var note: String?
    }
    let client = try context.client(.review)
    let id = try id(context)
    let bytes = try await RequestBody(limit: 16_384, timeout: body.timeout).bytes(of: request)
    guard let decision = try? JSONDecoder().decode(Body.self, from: Data(bytes)) else {
      throw ServiceFailure.invalid(
        "a review is {\"decision\": \"real\", \"fake\" or \"unsure\", \"note\": \"optional\"}")
    }
    let review = Review(
      reviewer: client.owner, decision: decision.decision, note: decision.note, created: Date())
    guard let result = try await service.store.add(review, to: id) else { throw ServiceFailure.noResult }
    return .json(data: try ResultBody.json(result))
  }

  @Sendable private func audit(_ request: Request, _ context: ServiceContext) async throws -> Response {
    struct Line: Encodable {
      var time: String
      var actor: String
      var action: String
      var object: String
    }
    _ = try context.client(.admin)
    let limit = try request.number("limit", in: 1...1000) ?? 100
    let lines = try await service.store.auditLog(limit: limit).map {
      Line(time: ResultBody.time($0.time), actor: $0.actor, action: $0.action, object: $0.object)
    }
    return try .json(["entries": lines])
  }
}
