/// A letter by the fence of the attempt that was judged: what is done to it later is stale once it has moved on.
struct JudgedLetter: Sendable, Hashable {
  let message: Int64
  let fence: Int64
}
