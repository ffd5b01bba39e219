/// What stands in the place of a model's file when a download went wrong.
public enum FileStandIn: Sendable, Equatable, CustomStringConvertible {
  /// The few lines that Git LFS leaves where a file is to be fetched.
  case gitLFSPointer
  /// A page for a browser: of an error, a login, or the file's own page.
  case htmlPage

  /// Tells it by a file's first bytes; `nil` for what is neither.
  package init?(_ head: some Sequence<UInt8>) {
    let marks = ["<!doctype html", "<html"]
    var bytes = Array(head.prefix(256))
    if bytes.starts(with: Array("version https://git-lfs.github.com/spec/".utf8)) {
      self = .gitLFSPointer
      return
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    let text = bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }.map {
      $0 | ((0x41...0x5A).contains($0) ? 0x20 : 0)
    }
    guard marks.contains(where: { text.starts(with: Array($0.utf8)) }) else { return nil }
    self = .htmlPage
  }

  /// The kind's name in lower case with hyphens, for machine-readable reports.
  public var kind: String {
    switch self {
    case .gitLFSPointer: "git-lfs-pointer"
    case .htmlPage: "html-page"
    }
  }

  /// What it is, and what to do.
  public var description: String {
    switch self {
    case .gitLFSPointer:
      "a pointer of Git LFS and not the file itself: run `git lfs pull` in its folder, or download the file"
    case .htmlPage:
      "an HTML page and not the file itself: a server has answered with a page for browsers; download the file again, by "
        + "its `resolve` address"
    }
  }
}
