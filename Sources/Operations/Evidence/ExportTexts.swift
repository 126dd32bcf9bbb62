import Mail
import Queue
import Receipts
import Reports

/// The texts of an exported folder: how to verify it, in words and as a script.
enum ExportTexts {
  /// The checks of docs/receipts.md as a script for a POSIX shell.
  static let verifyScript = """
    #!/bin/sh
    # Checks this folder with sha256sum, openssl (3.0 or later) and the usual small tools: that its files are those that
    # SHA256SUMS lists, the signature of the checkpoint, the chain of the receipts, and that they reach as far as the
    # checkpoint says. Prints OK and the fingerprint of the key, or the first thing that is wrong. With a fingerprint as its
    # argument it must be that key. Takes one to three milliseconds a line: some minutes for 100,000 lines.
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
    key=${key%% *}
    [ -z "$1" ] || [ "$1" = "$key" ] || fail "signed with the key $key, not with $1"
    echo "OK: $number lines, $count of them signed with the key $key"
    [ -n "$1" ] || echo "Compare the fingerprint of that key with one the sender told you another way."

    """

  /// What the guide must say of an export.
  struct Contents {
    var plan: PlanSummary
    var verdict: ReceiptVerifier.Verdict
    /// Template files that are left out.
    var missingTemplates: Int
    var hasApprovals: Bool
    /// The number of approvals that released the plan and are left out.
    var missingApprovals: Int
  }

  /// The guide. Each sentence has to be true of this export, and everything it says how to check can be checked.
  static func readme(_ contents: Contents) -> String {
    let (plan, verdict) = (contents.plan, contents.verdict)
    let signed = verdict.signedLines ?? 0
    let line = min(5, verdict.lines)
    return """
      The evidence of the campaign \(plan.campaign)
      \(String(repeating: "=", count: 26 + plan.campaign.count))

      This folder says how many notices were sent, when, through which mail relay, and what the relay answered. To whom, the
      sender can show for one customer at a time (below).

        receipts.jsonl        \(verdict.reach); one JSON object a line, one line an event
        checkpoint.json       how many lines were signed, the SHA-256 of the last of them, and when
        checkpoint.sig        the signature of checkpoint.json (Ed25519)
        receipts-public.pem   the public key it is checked with
        plan.txt, plan.json   the plan: figures, and digests of the customer file, the templates and the settings
        templates/            the letters' templates, as they were when the plan was frozen\(contents.templates)\(contents.approvals)
        verify.sh             the check as a script, short enough to be read first
        SHA256SUMS            SHA-256 of every other file here

      What is shown, and what is not
      ------------------------------
      "accepted" means that the mail relay took responsibility for the letter. It does not mean delivered or read.

      The receipts are the sender's own record, with the times of the sender's clock. Nobody without the private key can
      change, add, take away or reorder lines 1 to \(signed) without breaking the signature. This is worth as much as the key:
      whoever has its private half can write all lines anew, and anybody can make a folder like this one with a key of their
      own. So compare the fingerprint of the key,

        sha256sum receipts-public.pem

      with one that the sender told you another way, such as by phone or on paper, and checkpoint.json with copies that were
      handed over earlier, at a pause or at the end of the sending.\(contents.unsigned)

      Only the receipts are signed. Line 1 has the plan's digest and its figures; the other files hang on the receipts as far as
      the sections below say. The digests in plan.json of the customer file and of the settings can be compared with these,
      where the sender shows them, but nothing here ties them to the signature.

      What says nothing about customers, and what might
      -------------------------------------------------
      No line has a customer's name, id or address. "customer" and "recipient" are digests made with a secret key of the sender
      (HMAC-SHA256): without that key nobody can find out who is meant, not even with a list of addresses. "domain" is the domain
      of the address, or a digest made with the same key ("hmac-sha256:" and 64 digits). A digest stands for domains that fewer
      than five customers of the plan get letters at; a campaign that was frozen by a version before that rule shows all.

      In the relay's words ("reply", "evidence") a program has put <address>, <customer> and <domain> in place of what it knows
      the customer by. A relay may name somebody in a way that no program knows, and gives queue numbers that its own log links
      to an address. "message_id" stands in the letter and in the relay's log too.

      The check in one step
      ---------------------
        sh verify.sh

      prints "OK" with the number of lines and the fingerprint of the key, or the first thing that is wrong. It needs a POSIX
      shell, sha256sum, openssl 3.0 or later, and the tools cat, cmp, dirname, grep, head, sed, tail, tr and wc; nothing of the
      sender's. With the fingerprint you were told, `sh verify.sh FINGERPRINT`, it checks that too.

      The check step by step
      ----------------------
      1. Are the files whole? (SHA256SUMS is not signed: this finds damage, not a forger.)

           sha256sum -c SHA256SUMS

      2. Is the checkpoint signed? Use the key that was handed over earlier, if there is one.

           openssl pkeyutl -verify -pubin -inkey receipts-public.pem -rawin -in checkpoint.json -sigfile checkpoint.sig

         prints "Signature Verified Successfully".

      3. Are the receipts those that were signed? The checkpoint says: line \(signed) is the last signed one, and "head" in
         checkpoint.json is its SHA-256.

           head -n \(signed) receipts.jsonl | tail -n 1 | tr -d '\\n' | sha256sum

         must print the same 64 digits. Each line ends with "prev", the SHA-256 of the line before it, so this one digest
         vouches for all lines before. For line \(line), say,

           head -n \(line - 1) receipts.jsonl | tail -n 1 | tr -d '\\n' | sha256sum

         must print the digits after "prev" in line \(line). verify.sh does this for every line.

      4. Do the figures agree? The first line has the number of customers who get a letter ("letter") and of letters
         ("letters"; without it each customer had one), as plan.txt has. A line about the campaign ("started", "paused",
         "resumed", "completed", "cancelled", "aborted") says in "figures" how many letters were in which state after the lines
         before it. "accepted" there counts the letters that the relay accepted, and those whose outcome was uncertain until
         they were settled as accepted ("resolved" with "resolution":"accepted"; "evidence" says by what). To count both over
         all lines:

           grep -c -e '"event":"accepted"' -e '"resolution":"accepted"' receipts.jsonl

         prints \(verdict.messages[.accepted] ?? 0).

      One customer
      ------------
      \(contents.oneCustomer)
      \(verdict.bounced == 0 ? "" : bounces)\(verdict.calls.isEmpty ? "" : calls)\(verdict.mailboxes.isEmpty ? "" : mailboxes)\(contents.hasApprovals ? approvals : "")The templates
      -------------
      "template" in a line is the template's name and the first 12 digits of the SHA-256 over its files\(contents.incomplete). For the
      template NAME:

        (export LC_ALL=C; for f in templates/NAME/*; do printf '%s\\000%s\\n' "${f#templates/}" "$(sha256sum "$f" | cut -c 1-64)"; done) | sha256sum

      """
  }

  fileprivate static let bounces = """
    What came back
    --------------
    A line "bounced" says that a report came back about a letter that the relay had accepted: it did not reach the mailbox.
    "report" is the SHA-256 of that report, "class" and "permanent" (1: there is no such address) are the sender's reading of
    it, "reply" its words. The letter stays among the accepted ones. To count them:

      grep -c '"event":"bounced"' receipts.jsonl


    """

  fileprivate static let calls = """
    The calls
    ---------
    A line "called" says that a customer was called: "outcome" what came of it, "called_at" when, "at" when that was recorded.
    Who called ("called_by") and what was noted ("note") are digests made with the same secret key. It is the sender's own
    record, as the others are; no relay has answered here. To count those who were reached:

      grep -c '"event":"called".*"outcome":"reached"' receipts.jsonl


    """

  fileprivate static let mailboxes = """
    The mailboxes
    -------------
    A line "changed" says that the mail server's export has a new password for a mailbox of the customer, set at "changed_at"; a
    line "locked" that the mailbox was closed, at "locked_at" where the export says when. "at" is when the export was read.
    "mailbox" is a digest of the address made with the same secret key. To count the lines:

      grep -c -e '"event":"changed"' -e '"event":"locked"' receipts.jsonl


    """

  fileprivate static let approvals = """
    Who released it
    ---------------
    The plan was frozen only after people of different names had approved it: the lines "approved" after the first one say
    who and when. The names are what these people typed. Their lines in approvals.jsonl have the SHA-256 of every file that
    was approved, and "approval" in a receipt is the SHA-256 of such a line:

      head -n 1 approvals.jsonl | tr -d '\\n' | sha256sum

    prints digits that stand as "approval" in a line "approved".


    """
}

extension ExportTexts.Contents {
  fileprivate var templates: String {
    missingTemplates == 0
      ? ""
      : "; without \(pluralized(missingTemplates, "file"))\n                        that changed or is gone since, see plan.txt"
  }

  fileprivate var incomplete: String {
    missingTemplates == 0 ? "" : ",\nwhich can be computed here only for a template of which no file is left out"
  }

  fileprivate var approvals: String {
    var text = hasApprovals ? "\n  approvals.jsonl       what the people approved who released the plan" : ""
    if missingApprovals > 0 {
      text +=
        "\n  (The sender no longer has \(pluralized(missingApprovals, "line")) of approvals.jsonl as the receipts name \(missingApprovals == 1 ? "it" : "them").)"
    }
    return text
  }

  /// About lines after the signed ones.
  fileprivate var unsigned: String {
    let later = verdict.lines - (verdict.signedLines ?? 0)
    guard later > 0 else { return "" }
    return """


      The \(later == 1 ? "last line is" : "last \(later) lines are") not signed yet. They hang on the lines before, but could be \
      changed, added to or cut off by anybody.
      """
  }

  fileprivate var oneCustomer: String {
    guard verdict.purgedAt == nil else {
      return """
        The sender has removed the campaign's personal data ("purged" in the last line), and with it the secret key. So the
        sender can no longer show which lines are a certain customer's. A customer who has kept the letter finds its lines by
        the letter's Message-ID, which stands as "message_id" in them.

        """
    }
    return """
      For one customer the sender can name the lines, and make the letter again, byte for byte:

        eilbrief receipts prove \(plan.campaign) --customer ID --output letter.eml

      Which lines are whose you believe the sender. That the letter is the one that was sent is checked without the sender's
      program: `sha256sum letter.eml` prints the digits that stand as "sha256" in those lines. A customer who has kept the
      letter finds its lines by the letter's Message-ID, which stands as "message_id" in them.

        grep -n "$(sha256sum letter.eml | cut -c 1-64)" receipts.jsonl

      """
  }
}
