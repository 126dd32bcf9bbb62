import Files
import Testing

@Suite struct ByteRunsTests {
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("a", "", true), ("abc", "abc", true), ("abc", "abcd", false),
    ("xabc", "abc", true), ("aab", "ab", true), ("aaab", "aab", true), ("abab", "abb", false), ("abcx", "abc", true),
    ("abx", "c", false),
  ]) func aRunIsFoundWhereverItStands(bytes: String, run: String, isThere: Bool) {
    #expect(Array(bytes.utf8).contains(run: Array(run.utf8)) == isThere)
  }

  @Test func onlyTheFirstBytesCount() {
    let bytes = Array("0123456789".utf8)
    #expect(bytes.contains(run: Array("345".utf8), within: 6))
    #expect(!bytes.contains(run: Array("345".utf8), within: 5))
    #expect(bytes.contains(run: Array("789".utf8), within: 100))
  }
}
