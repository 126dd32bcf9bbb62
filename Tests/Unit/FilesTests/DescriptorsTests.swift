import Files
import Foundation
import Testing

@Suite struct DescriptorsTests {
  @Test func aMissingDescriptorIsNoFaultOfTheDisk() {
    for code in [EMFILE, ENFILE] {
      let error = FileError(.write, "/queue", .system(code))
      #expect(error.isOutOfDescriptors)
      #expect(error.description == "/queue: cannot be opened: \(Descriptors.advice)")
    }
    #expect(!FileError(.write, "/queue", .system(EIO)).isOutOfDescriptors)
    #expect(!FileError(.read, "/queue", .notRegular).isOutOfDescriptors)
  }

  @Test func openOnesAreCounted() {
    let before = Descriptors.open
    let more = (0..<100).map { _ in dup(0) }
    #expect(Descriptors.open >= before + 50)
    for descriptor in more { close(descriptor) }
    #expect(Descriptors.areFree(3))
  }

  @Test func theLimitIsNeverLowered() {
    let limit = Descriptors.raiseLimit(to: 0)
    #expect(limit > 0)
    #expect(Descriptors.raiseLimit(to: limit - 1) == limit)
  }
}
