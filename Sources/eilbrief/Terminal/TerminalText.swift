extension String {
  /// Help text as the parser wants it, which breaks lines for the terminal itself: a paragraph on one line. Indented
  /// lines and lists stay as they are.
  var flowing: String {
    var lines: [String] = []
    var isOpen = false
    for line in split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let flows = !line.isEmpty && !line.hasPrefix(" ")
      if flows, isOpen {
        lines[lines.count - 1] += " " + line
      } else {
        lines.append(line)
      }
      isOpen = flows
    }
    return lines.joined(separator: "\n")
  }
}
