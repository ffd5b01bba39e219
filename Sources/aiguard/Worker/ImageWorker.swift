#if CLI
  import AIGuardVision
  import Platform
  import WorkerFrames

  /// Answers the requests of another program in their order: while some are computed, the next are read.
  struct ImageWorker {
    typealias Judge = (_ bytes: [UInt8], _ result: ClassificationResult) -> any Encodable

    /// Images that are read ahead, beside those that are computed.
    static let window = 32
    /// Of these images together, where there is more than one.
    private static let windowBytes = 64_000_000
    /// Enough at once to keep the threads busy.
    private static let chunk = 16

    private struct Inbox {
      var requests: [FrameReader.Request] = []
      var byteCount = 0
      /// How the stream ended, once it has.
      var end: Result<Void, WorkerFrameError>?

      mutating func take() -> [FrameReader.Request]? {
        let some = Array(requests.prefix(ImageWorker.chunk))
        guard !some.isEmpty || end != nil else { return nil }
        requests.removeFirst(some.count)
        byteCount -= some.reduce(0) { $0 + $1.byteCount }
        return some
      }

      var hasRoom: Bool {
        requests.count < ImageWorker.window && (requests.isEmpty || byteCount < ImageWorker.windowBytes)
      }
    }

    private let classifier: ImageClassifier
    private let hello: WorkerHello
    private let judge: Judge?
    private let inbox = Monitor(Inbox())

    init(_ classifier: ImageClassifier, hello: WorkerHello, judge: Judge?) {
      self.classifier = classifier
      self.hello = hello
      self.judge = judge
    }

    /// Works until the stream ends.
    ///
    /// - Throws: `Exit.someInputsFailed` where it ends in the middle, or cannot be followed.
    func run(_ reader: FrameReader) throws {
      try send(.hello, 0, hello)
      let inbox = inbox
      guard startDetachedThread(named: "aiguard-reader", { Self.read(reader, into: inbox) }) else {
        throw FailureReport(kind: "thread-unavailable", message: "the system refused a thread")
      }
      while true {
        let requests = inbox.wait { $0.take() }
        if requests.isEmpty { break }
        try answer(requests)
      }
      if case .failure(let error)? = inbox.change({ $0.end }) {
        try send(.stop, 0, ["error": FailureReport(kind: "invalid-frame", message: "\(error)")])
        throw Exit.someInputsFailed
      }
    }

    private static func read(_ reader: FrameReader, into inbox: Monitor<Inbox>) {
      var end: Result<Void, WorkerFrameError>?
      while end == nil {
        let _: Void = inbox.wait { $0.hasRoom ? () : nil }
        do throws(WorkerFrameError) {
          guard let request = try reader.next() else {
            end = .success(())
            break
          }
          inbox.change {
            $0.requests.append(request)
            $0.byteCount += request.byteCount
          }
        } catch { end = .failure(error) }
      }
      inbox.change { $0.end = end }
    }

    private func answer(_ requests: [FrameReader.Request]) throws {
      let images = requests.map { request -> [UInt8] in
        if case .image(_, let bytes) = request { bytes } else { [] }
      }
      let results = classifier.classifyAndWait(
        batch: images, topK: hello.topK, functionToApply: hello.functionToApply)
      for (request, result) in zip(requests, results) {
        switch (request, result) {
        case (.tooLong(let id, let count), _):
          let limit = hello.frameLimit
          try send(
            .fail, id,
            [
              "error": FailureReport(
                kind: "limit-exceeded", message: "\(count) bytes, where \(limit) are allowed")
            ])
        case (.image(let id, let bytes), .success(let result)):
          try send(.done, id, judge?(bytes, result) ?? result)
        case (.image(let id, _), .failure(let error)):
          try send(.fail, id, ["error": FailureReport(error)])
        }
      }
    }

    private func send(_ kind: WorkerFrame.Kind, _ id: UInt32, _ content: any Encodable) throws {
      Output.write(
        WorkerFrame(kind, id: id, payload: try Output.jsonBytes(content)).bytes, to: .standardOutput)
    }
  }

  extension FrameReader.Request {
    fileprivate var byteCount: Int { if case .image(_, let bytes) = self { bytes.count } else { 0 } }
  }
#endif
