#if CLI
  import AIGuardVision
  import ArgumentParser
  import Platform

  /// What the caller wrote.
  enum Arguments {
    /// The arguments without the tool's name. `CommandLine.arguments` has lost the bytes that are not UTF-8, and with them
    /// which file was meant.
    static var ofProcess: [String] {
      CommandLine.unsafeArgv.withMemoryRebound(
        to: UnsafeMutablePointer<CChar>?.self, capacity: Int(CommandLine.argc)
      ) { start in
        UnsafeBufferPointer(start: start, count: Int(CommandLine.argc)).dropFirst().compactMap { argument in
          argument.map { String(systemPath: $0) }
        }
      }
    }

    /// The options of one letter that the commands have.
    private static let letters: Set<Character> = ["h", "r"]

    /// Refuses what can only be the name of a file: `-hello.jpg` would be read as several options, and ask for help.
    static func check(_ arguments: [String]) throws {
      for argument in arguments.prefix(while: { $0 != "--" }) {
        if !canBeOption(argument) { throw ValidationError("unknown option \(argument.escaped). \(hint)") }
        // Else the next argument would be the value: a file, where a script's variable is empty.
        if argument.utf8.starts(with: "--".utf8), argument.utf8.last == UInt8(ascii: "=") {
          throw ValidationError("\(argument.escaped) has no value")
        }
      }
    }

    /// Refuses a first argument that is no command, with the one that was meant where it is a file.
    static func check(_ arguments: [String], commands: [String]) throws {
      try check(arguments)
      guard let first = arguments.first, !first.utf8.starts(with: "-".utf8), first != "help",
        !commands.contains(first)
      else { return }
      let hint =
        FileKind(of: first) == .missing && URLArgument.advice(first) == nil
        ? "the commands are \(commands.joined(separator: ", "))"
        : "to classify a file: aiguard classify \(first.printable)"
      throw ValidationError("unknown command \(first.printable); \(hint)")
    }

    /// Whether it begins with no dash, or the commands could have such an option.
    private static func canBeOption(_ argument: String) -> Bool {
      let bytes = argument.utf8
      if bytes.starts(with: "--".utf8) {
        return bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "=") }.allSatisfy {
          $0 == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        }
      }
      return !bytes.starts(with: "-".utf8) || bytes.count <= 2
        || argument.dropFirst().allSatisfy(letters.contains)
    }

    /// What to do about a file whose name looks like an option.
    static let hint =
      "If it is the name of a file, write -- before the names, as in: aiguard classify -- -name.jpg"
  }

  /// A URL where a path or an id was meant.
  enum URLArgument {
    /// What to say of an argument that is a URL and no file of that name; `nil` for everything else.
    static func advice(_ argument: String) -> String? {
      guard let scheme = scheme(of: argument), !isThere(argument) else { return nil }
      switch scheme {
      case "file": return "file URLs are not read; give the path: \(path(argument))"
      case "data":
        return "data URLs are not read; save the image as a file, or give it on standard input as -"
      default: return "URLs are not fetched; download the file first, or give it on standard input as -"
      }
    }

    /// The report of an argument that is a URL and no file of that name; `nil` for everything else.
    static func failure(_ argument: String) -> FailureReport? {
      advice(argument).map { FailureReport(kind: "unreadable-file", message: $0) }
    }

    /// The same of a model.
    static func modelAdvice(_ argument: String) -> String? {
      guard let scheme = scheme(of: argument), !isThere(argument) else { return nil }
      if scheme == "file" { return "file URLs are not read; give the path: \(path(argument))" }
      let hint = "URLs are not fetched; name a folder, or a model on the Hub by its id"
      let parts = argument.split(separator: "/")
      guard parts.count > 3,
        ["huggingface.co", "www.huggingface.co", "hf.co"].contains(parts[1].lowercased())
      else {
        return hint
      }
      return hint + ": \(parts[2])/\(parts[3])"
    }

    private static func isThere(_ argument: String) -> Bool {
      switch FileKind(of: argument) {
      case .missing, .unknown: false
      default: true
      }
    }

    private static func scheme(of argument: String) -> String? {
      // A data URL may be megabytes long.
      let head = argument.prefix(24)
      guard let colon = head.firstIndex(of: ":") else { return nil }
      let scheme = head[..<colon].lowercased()
      guard scheme == "data" || argument[colon...].hasPrefix("://"), let first = scheme.first, first.isLetter,
        scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
      else { return nil }
      return scheme
    }

    /// The path of a file URL: without scheme and host, and its escapes as bytes.
    private static func path(_ url: String) -> String {
      let rest = url.dropFirst("file://".count)
      var bytes: [UInt8] = []
      var text = rest.utf8.drop { $0 != UInt8(ascii: "/") }
      while let byte = text.popFirst() {
        let digits = text.prefix(2)
        if byte == UInt8(ascii: "%"), digits.count == 2,
          let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != 0
        {
          bytes.append(value)
          text = text.dropFirst(2)
        } else {
          bytes.append(byte)
        }
      }
      return String(pathBytes: bytes)
    }
  }
#endif
