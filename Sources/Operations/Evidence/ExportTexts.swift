import Mail
import Queue
import Receipts
import Reports

/// The texts of an exported folder: how to verify it, in words and as a script.
enum ExportTexts {
  /// The checks of docs/receipts.md as a script for a POSIX shell.
  static let verifyScript = """
    #!/bin/sh
    # Checks this folder with sha256sum and openssl (3.0 or later) alone: that its files are whole, the signature of the
    # checkpoint, the chain of the receipts, and that they reach as far as the checkpoint says. Prints OK, or the first
    # thing that is wrong. Takes one to three milliseconds a line: some minutes for 100,000 lines.
    LC_ALL=C; export LC_ALL
    cd "$(dirname "$0")" || exit 1
    fail() { echo "NOT SOUND: $*"; exit 1; }
    sums=$(sha256sum -c SHA256SUMS 2>/dev/null) || fail "$(echo "$sums" | grep -v ': OK$' | head -n 1 | grep . ||
      echo 'SHA256SUMS cannot be read')"
    openssl pkeyutl -verify -pubin -inkey receipts-public.pem -rawin -in checkpoint.json -sigfile checkpoint.sig \\
      >/dev/null 2>&1 || fail "checkpoint.sig is not the signature of checkpoint.json"
    count=$(sed 's/.*"count":\\([0-9]*\\).*/\\1/' checkpoint.json)
    head=$(sed 's/.*"head":"\\([0-9a-f]*\\)".*/\\1/' checkpoint.json)
    plan=$(sed 's/.*"plan":"\\([^"]*\\)".*/\\1/' checkpoint.json)
    head -n 1 receipts.jsonl | grep -qF "\\"plan\\":\\"$plan\\"" || fail "line 1 is of another plan than the checkpoint"
    grep -qF "\\"$plan\\"" plan.json || fail "plan.json is of another plan than the checkpoint"
    tr -d '\\000' < receipts.jsonl | cmp -s - receipts.jsonl || fail "receipts.jsonl has zero bytes in it"
    [ "$(tail -c 1 receipts.jsonl | wc -l)" -eq 1 ] || fail "the last line of receipts.jsonl has no end"
    prev=0000000000000000000000000000000000000000000000000000000000000000
    number=0
    while IFS= read -r line; do
      number=$((number + 1))
      case "$line" in
        "{\\"seq\\":$number,"*",\\"prev\\":\\"$prev\\"}") ;;
        *) fail "line $number is not the successor of the line before it" ;;
      esac
      prev=$(printf '%s' "$line" | sha256sum)
      prev=${prev%% *}
      if [ "$number" = "$count" ] && [ "$prev" != "$head" ]; then
        fail "line $number is not the one the checkpoint was signed for"
      fi
    done < receipts.jsonl
    [ "$number" -ge "$count" ] || fail "only $number of $count signed lines are there"
    key=$(sha256sum receipts-public.pem)
    echo "OK: $number lines, $count of them signed with the key ${key%% *}"

    """

  static func readme(
    _ plan: PlanSummary, _ verdict: ReceiptVerifier.Verdict, hasApprovals: Bool
  ) -> String {
    """
    The evidence of the campaign \(plan.campaign)
    \(String(repeating: "=", count: 26 + plan.campaign.count))

    This folder shows to whom how many notices were sent, when, through which mail relay, and what the relay answered.
    It holds no address and no customer's name. It can be checked on any computer with a POSIX shell, sha256sum and openssl (3.0 or
    later), as every Linux has them; nothing of the sender's is needed.

      receipts.jsonl        \(verdict.reach); one line an event
      checkpoint.json       how many lines there were at the last signature, and the SHA-256 of the last of them
      checkpoint.sig        the signature of checkpoint.json (Ed25519)
      receipts-public.pem   the public key it is checked with
      plan.txt, plan.json   the plan: figures, and digests of all it was made of
      templates/            the letters' templates, as they were when the plan was frozen\(hasApprovals ? approvalsFile : "")
      verify.sh             the check as a script, short enough to be read first
      SHA256SUMS            SHA-256 of every other file here

    What is shown, and what is not
    ------------------------------
    "accepted" means that the mail relay took responsibility for the letter. It does not mean delivered or read.
    Nobody without the private key can change, add, take away or reorder signed lines unnoticed. Whoever has that key
    can write all of them anew: so compare receipts-public.pem and checkpoint.json with copies that were handed over earlier,
    at a pause or at the end of the sending. Only the receipts are signed. The plan's hash stands in their first line; the
    other files are tied to them as the last section shows.

    The check in one step
    ---------------------
      sh verify.sh

    prints "OK" with the number of lines, or the first thing that is wrong.

    The check step by step
    ----------------------
    1. Are the files whole?

         sha256sum -c SHA256SUMS

    2. Is the checkpoint signed? Use the key that was handed over earlier, if there is one.

         openssl pkeyutl -verify -pubin -inkey receipts-public.pem -rawin -in checkpoint.json -sigfile checkpoint.sig

       prints "Signature Verified Successfully".

    3. Are the receipts those that were signed? The checkpoint says: line \(verdict.signedLines ?? 0) is the last signed one, and "head" in
       checkpoint.json is its SHA-256.

         head -n \(verdict.signedLines ?? 0) receipts.jsonl | tail -n 1 | tr -d '\\n' | sha256sum

       must print the same 64 digits. Each line ends with "prev", the SHA-256 of the line before it, so this one digest
       vouches for all lines before. For line 5, say,

         head -n 4 receipts.jsonl | tail -n 1 | tr -d '\\n' | sha256sum

       must print the digits at the end of line 5. verify.sh does this for every line.

    4. Do the figures agree? The first line has the number of letters in the plan ("letters"; "letter" is how many
       customers get one), as plan.txt has. The last line
       about the campaign ("completed", "paused" or "cancelled") says how many of them are in which state. "accepted" there
       counts the letters that the relay accepted, and those whose outcome was uncertain until they were settled as accepted
       ("resolved" with "resolution":"accepted"; "evidence" says by what). To count both:

         grep -c -e '"event":"accepted"' -e '"resolution":"accepted"' receipts.jsonl

       prints \(verdict.messages[.accepted] ?? 0). Letters settled after that last line are in it as "uncertain".

    One customer
    ------------
    "customer" and "recipient" in a line are digests made with a secret key of the sender (HMAC-SHA256), so nobody can find
    out who is meant, not even with a list of addresses. For one customer the sender can show it with

      eilbrief receipts prove \(plan.campaign) --customer ID --output letter.eml

    which names the customer's lines and makes the letter again, byte for byte. That the letter is the one that was sent is
    checked without the sender's program: `sha256sum letter.eml` prints the digits that stand as "sha256" in those lines.

      grep -n "$(sha256sum letter.eml | cut -c 1-64)" receipts.jsonl

    \(hasApprovals ? approvals : "")    The templates
    -------------
    "template" in a line is the template's name and the first 12 digits of the SHA-256 over its files. For the template NAME:

      for f in templates/NAME/*; do printf '%s\\000%s\\n' "${f#templates/}" "$(sha256sum "$f" | cut -c 1-64)"; done | sha256sum

    """
  }

  private static let approvalsFile = "\n  approvals.jsonl       what the people approved who released the plan"

  private static let approvals = """
    Who released it
    ---------------
    The plan was frozen only after people of different names had approved it: the lines "approved" after the first one say
    who and when. The names are what these people typed. Their lines in approvals.jsonl have the SHA-256 of every file that
    was approved, and "approval" in a receipt is the SHA-256 of such a line:

      head -n 1 approvals.jsonl | tr -d '\\n' | sha256sum

    prints digits that stand as "approval" in a line "approved".


    """
}
