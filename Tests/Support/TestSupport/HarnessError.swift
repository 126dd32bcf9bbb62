/// The test bench itself does not work here: something is missing, or a tool of it failed.
public struct HarnessError: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
