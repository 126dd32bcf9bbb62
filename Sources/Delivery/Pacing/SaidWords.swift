/// What a reply says, without what differs from customer to customer: addresses, numbers, hosts.
struct SaidWords: Sendable, Hashable {
  let code: Int
  let status: String
  let text: [String]

  init(_ reply: Reply) {
    code = reply.code
    status = reply.enhanced?.description ?? ""
    text = ReplyWords(reply.text, code: reply.code).words
  }
}
