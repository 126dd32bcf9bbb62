import GRDB

/// The tables of `queue.sqlite` and their history.
///
/// Each migration takes the file from one `user_version` to the next, in one transaction, and is never edited once it
/// was released. SQLite itself guards what must never break: the CHECK constraints what a state implies, the triggers
/// which state may follow which (the same table as ``MessageState/canBecome(_:)``) and the tallies.
enum SpoolSchema {
  /// "EILB": marks the file as ours (`PRAGMA application_id`).
  static let applicationID: Int32 = 0x4549_4C42

  static var version: Int { migrations.count }

  /// The values that a ``PlannedMessage/priority`` may have.
  static let priorities = 0..<1000

  /// The row of a receipt.
  static func receipt(_ campaign: Int64, _ seq: Int64) -> Int64 { campaign << 40 + seq }

  static func migrate(_ database: Database, from found: Int) throws {
    for (index, migration) in migrations.enumerated().dropFirst(found) {
      try database.execute(sql: migration)
      try database.execute(sql: "PRAGMA user_version = \(index + 1)")
    }
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
  }

  static let migrations = [
    """
    CREATE TABLE campaigns (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE CHECK (name <> ''),
      state TEXT NOT NULL
        CHECK (state IN ('draft', 'running', 'paused', 'completed', 'cancelled', 'aborted')),
      plan_hash BLOB NOT NULL CHECK (length(plan_hash) = 32),
      rows INTEGER NOT NULL CHECK (rows >= 0),
      rejected_rows INTEGER NOT NULL CHECK (rejected_rows BETWEEN 0 AND rows),
      deadline INTEGER NOT NULL,
      hash_key BLOB NOT NULL CHECK (length(hash_key) IN (0, 32)),
      inputs BLOB NOT NULL,
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      finished_at INTEGER,
      first_customer INTEGER NOT NULL DEFAULT 0,
      last_customer INTEGER NOT NULL DEFAULT -1,
      CHECK ((state IN ('completed', 'cancelled', 'aborted')) = (finished_at IS NOT NULL))
    ) STRICT;

    CREATE TABLE customers (
      id INTEGER PRIMARY KEY,
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      ref TEXT NOT NULL CHECK (ref <> ''),
      kind TEXT NOT NULL CHECK (kind IN ('letter', 'phone', 'none')),
      reason TEXT NOT NULL,
      call_reason TEXT NOT NULL,
      payload BLOB NOT NULL,
      UNIQUE (campaign, ref)
    ) STRICT;

    -- A message has its customer's id: a customer has one letter at most.
    CREATE TABLE messages (
      id INTEGER PRIMARY KEY REFERENCES customers (id),
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'deferred', 'accepted', 'refused', 'expired',
        'uncertain', 'excluded', 'cancelled')),
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      fence INTEGER NOT NULL DEFAULT 0 CHECK (fence >= attempts),
      due_at INTEGER,
      worker TEXT,
      lease_until INTEGER,
      first_attempt_at INTEGER,
      last_attempt_at INTEGER,
      changed_at INTEGER NOT NULL,
      relay TEXT,
      phase TEXT,
      code INTEGER,
      enhanced TEXT,
      reply TEXT CHECK (length(reply) <= 65536),
      sha256 BLOB CHECK (length(sha256) = 32),
      resolution TEXT CHECK (resolution IN ('accepted', 'resend')),
      resent INTEGER NOT NULL DEFAULT 0 CHECK (resent IN (0, 1)),
      customer_hash BLOB NOT NULL CHECK (length(customer_hash) = 32),
      recipient_hash BLOB NOT NULL CHECK (length(recipient_hash) = 32),
      recipient TEXT NOT NULL,
      message_id TEXT NOT NULL,
      template TEXT NOT NULL,
      -- Sending needs a worker with a lease, and nothing else has one.
      CHECK ((state = 'sending') = (worker IS NOT NULL)),
      CHECK ((worker IS NULL) = (lease_until IS NULL)),
      CHECK ((state IN ('queued', 'deferred')) = (due_at IS NOT NULL)),
      CHECK (state <> 'queued' OR due_at IN (0, 1)),
      CHECK (state <> 'deferred' OR due_at > 1),
      -- An attempt leaves its marks, and what says it was attempted has them.
      CHECK ((attempts > 0) = (first_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (last_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (sha256 IS NOT NULL)),
      CHECK ((attempts > 0) = (relay IS NOT NULL)),
      CHECK (state IN ('queued', 'excluded', 'cancelled') OR attempts > 0),
      -- Accepted is a 2xx of the relay, or the operator's word.
      CHECK (state <> 'accepted' OR coalesce(code, 0) BETWEEN 200 AND 299 OR resolution IS 'accepted'),
      CHECK (resolution IS NOT 'accepted' OR state = 'accepted'),
      CHECK ((resent = 1) = (resolution IS 'resend') OR resolution IS 'accepted')
    ) STRICT;

    CREATE INDEX messages_due ON messages (campaign, due_at, id) WHERE state IN ('queued', 'deferred');
    CREATE INDEX messages_expiry ON messages (campaign, first_attempt_at) WHERE state = 'deferred';
    CREATE INDEX messages_sending ON messages (worker) WHERE state = 'sending';
    CREATE INDEX messages_uncertain ON messages (campaign) WHERE state = 'uncertain';

    CREATE TABLE customer_tally (
      campaign INTEGER NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL CHECK (count >= 0),
      PRIMARY KEY (campaign, kind)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE message_tally (
      campaign INTEGER NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL CHECK (count >= 0),
      PRIMARY KEY (campaign, state)
    ) STRICT, WITHOUT ROWID;

    CREATE TRIGGER campaign_tally AFTER INSERT ON campaigns BEGIN
      INSERT INTO customer_tally VALUES (NEW.id, 'letter', 0), (NEW.id, 'phone', 0), (NEW.id, 'none', 0);
      INSERT INTO message_tally VALUES (NEW.id, 'queued', 0), (NEW.id, 'sending', 0), (NEW.id, 'deferred', 0),
        (NEW.id, 'accepted', 0), (NEW.id, 'refused', 0), (NEW.id, 'expired', 0), (NEW.id, 'uncertain', 0),
        (NEW.id, 'excluded', 0), (NEW.id, 'cancelled', 0);
      INSERT INTO chains VALUES (NEW.id, 0, zeroblob(32));
    END;
    CREATE TRIGGER customer_added AFTER INSERT ON customers BEGIN
      UPDATE customer_tally SET count = count + 1 WHERE campaign = NEW.campaign AND kind = NEW.kind;
    END;
    CREATE TRIGGER customer_removed AFTER DELETE ON customers BEGIN
      UPDATE customer_tally SET count = count - 1 WHERE campaign = OLD.campaign AND kind = OLD.kind;
    END;
    CREATE TRIGGER message_begins BEFORE INSERT ON messages WHEN NEW.state <> 'queued' BEGIN
      SELECT RAISE(ROLLBACK, 'a message begins as queued');
    END;
    CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
      UPDATE message_tally SET count = count + 1 WHERE campaign = NEW.campaign AND state = NEW.state;
    END;
    CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
      UPDATE message_tally SET count = count - 1 WHERE campaign = OLD.campaign AND state = OLD.state;
    END;
    CREATE TRIGGER message_transition AFTER UPDATE OF state ON messages WHEN NOT (
      CASE OLD.state
        WHEN 'queued' THEN NEW.state IN ('sending', 'excluded', 'cancelled')
        WHEN 'sending' THEN NEW.state IN ('accepted', 'deferred', 'refused', 'uncertain')
        WHEN 'deferred' THEN NEW.state IN ('sending', 'expired', 'excluded', 'cancelled')
        WHEN 'uncertain' THEN NEW.state IN ('accepted', 'queued')
        ELSE 0 END)
    BEGIN
      SELECT RAISE(ROLLBACK, 'a message cannot go from this state to that one');
    END;
    CREATE TRIGGER message_moved AFTER UPDATE OF state ON messages BEGIN
      UPDATE message_tally SET count = count - 1 WHERE campaign = OLD.campaign AND state = OLD.state;
      UPDATE message_tally SET count = count + 1 WHERE campaign = NEW.campaign AND state = NEW.state;
    END;

    -- Outcomes a second, for the rate; the last minutes only.
    CREATE TABLE pace (
      campaign INTEGER NOT NULL, second INTEGER NOT NULL, outcomes INTEGER NOT NULL, last_at INTEGER NOT NULL,
      PRIMARY KEY (campaign, second)
    ) STRICT, WITHOUT ROWID;

    -- Sendings counted against a relay's limits, over all campaigns.
    CREATE TABLE usage (
      relay TEXT NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL CHECK (count > 0),
      PRIMARY KEY (relay, at)
    ) STRICT, WITHOUT ROWID;

    -- The only table that another process than the delivering one may write to.
    CREATE TABLE control (
      campaign INTEGER PRIMARY KEY REFERENCES campaigns (id),
      request TEXT NOT NULL CHECK (request IN ('pause', 'cancel')),
      at INTEGER NOT NULL
    ) STRICT;

    -- Where each campaign's chain of receipts ends.
    CREATE TABLE chains (
      campaign INTEGER PRIMARY KEY REFERENCES campaigns (id),
      seq INTEGER NOT NULL CHECK (seq >= 0),
      head BLOB NOT NULL CHECK (length(head) = 32)
    ) STRICT;
    -- id is campaign * 2^40 + seq: SQLite appends to a rowid table several times faster than to any other.
    CREATE TABLE receipts (id INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT;
    """,
    """
    -- A purge takes customers, messages and the key away and leaves the figures, which are about nobody.
    ALTER TABLE campaigns ADD COLUMN purge_begun_at INTEGER;
    ALTER TABLE campaigns ADD COLUMN purge_files INTEGER CHECK (purge_files >= 0);
    ALTER TABLE campaigns ADD COLUMN purged_at INTEGER CHECK (purged_at IS NULL OR purge_begun_at IS NOT NULL);

    DROP TRIGGER customer_removed;
    CREATE TRIGGER customer_removed AFTER DELETE ON customers
    WHEN (SELECT purge_begun_at FROM campaigns WHERE id = OLD.campaign) IS NULL BEGIN
      UPDATE customer_tally SET count = count - 1 WHERE campaign = OLD.campaign AND kind = OLD.kind;
    END;
    DROP TRIGGER message_removed;
    CREATE TRIGGER message_removed AFTER DELETE ON messages
    WHEN (SELECT purge_begun_at FROM campaigns WHERE id = OLD.campaign) IS NULL BEGIN
      UPDATE message_tally SET count = count - 1 WHERE campaign = OLD.campaign AND state = OLD.state;
    END;

    CREATE TRIGGER purge_after_the_end BEFORE UPDATE OF purge_begun_at ON campaigns
    WHEN OLD.purge_begun_at IS NULL AND NEW.purge_begun_at IS NOT NULL AND (
      OLD.state NOT IN ('completed', 'cancelled') OR EXISTS (SELECT 1 FROM message_tally WHERE campaign = OLD.id
        AND state IN ('queued', 'sending', 'deferred', 'uncertain') AND count > 0))
    BEGIN
      SELECT RAISE(ROLLBACK, 'a campaign is purged after its end only');
    END;
    CREATE TRIGGER purge_is_for_good BEFORE UPDATE ON campaigns
    WHEN OLD.purge_begun_at IS NOT NULL AND (
      OLD.purged_at IS NOT NULL OR NEW.state <> OLD.state OR length(NEW.hash_key) > 0
      OR NEW.purge_begun_at IS NOT OLD.purge_begun_at)
    BEGIN
      SELECT RAISE(ROLLBACK, 'a purge cannot be taken back');
    END;
    CREATE TRIGGER purged_customers BEFORE INSERT ON customers
    WHEN (SELECT purge_begun_at FROM campaigns WHERE id = NEW.campaign) IS NOT NULL BEGIN
      SELECT RAISE(ROLLBACK, 'a purged campaign gets no customers');
    END;
    """,
    """
    -- A customer may get several letters: a message has a number of its own, and names its customer and its letter.
    CREATE TABLE new_messages (
      id INTEGER PRIMARY KEY,
      customer INTEGER NOT NULL REFERENCES customers (id),
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'deferred', 'accepted', 'refused', 'expired',
        'uncertain', 'excluded', 'cancelled')),
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      fence INTEGER NOT NULL DEFAULT 0 CHECK (fence >= attempts),
      due_at INTEGER,
      worker TEXT,
      lease_until INTEGER,
      first_attempt_at INTEGER,
      last_attempt_at INTEGER,
      changed_at INTEGER NOT NULL,
      relay TEXT,
      phase TEXT,
      code INTEGER,
      enhanced TEXT,
      reply TEXT CHECK (length(reply) <= 65536),
      sha256 BLOB CHECK (length(sha256) = 32),
      resolution TEXT CHECK (resolution IN ('accepted', 'resend')),
      resent INTEGER NOT NULL DEFAULT 0 CHECK (resent IN (0, 1)),
      customer_hash BLOB NOT NULL CHECK (length(customer_hash) = 32),
      recipient_hash BLOB NOT NULL CHECK (length(recipient_hash) = 32),
      recipient TEXT NOT NULL,
      message_id TEXT NOT NULL,
      letter TEXT NOT NULL CHECK (letter <> ''),
      template TEXT NOT NULL,
      UNIQUE (customer, letter),
      -- Sending needs a worker with a lease, and nothing else has one.
      CHECK ((state = 'sending') = (worker IS NOT NULL)),
      CHECK ((worker IS NULL) = (lease_until IS NULL)),
      CHECK ((state IN ('queued', 'deferred')) = (due_at IS NOT NULL)),
      -- Up to 999 the order of letters that were never tried, 1000 what is sent again; then times.
      CHECK (state <> 'queued' OR due_at BETWEEN 0 AND 1000),
      CHECK (state <> 'deferred' OR due_at > 1000),
      -- An attempt leaves its marks, and what says it was attempted has them.
      CHECK ((attempts > 0) = (first_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (last_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (sha256 IS NOT NULL)),
      CHECK ((attempts > 0) = (relay IS NOT NULL)),
      CHECK (state IN ('queued', 'excluded', 'cancelled') OR attempts > 0),
      -- Accepted is a 2xx of the relay, or the operator's word.
      CHECK (state <> 'accepted' OR coalesce(code, 0) BETWEEN 200 AND 299 OR resolution IS 'accepted'),
      CHECK (resolution IS NOT 'accepted' OR state = 'accepted'),
      CHECK ((resent = 1) = (resolution IS 'resend') OR resolution IS 'accepted')
    ) STRICT;

    INSERT INTO new_messages (id, customer, letter, due_at, campaign, state, attempts, fence, worker, lease_until, first_attempt_at, last_attempt_at,
      changed_at, relay, phase, code, enhanced, reply, sha256, resolution, resent, customer_hash, recipient_hash, recipient,
      message_id, template)
    SELECT id, id, substr(template, 1, instr(template || '@', '@') - 1), CASE due_at WHEN 1 THEN 1000 ELSE due_at END,
      campaign, state, attempts, fence, worker, lease_until, first_attempt_at, last_attempt_at,
      changed_at, relay, phase, code, enhanced, reply, sha256, resolution, resent, customer_hash, recipient_hash, recipient,
      message_id, template
    FROM messages;
    -- The tallies stay as they are: SQLite fires no trigger for a dropped table.
    DROP TABLE messages;
    ALTER TABLE new_messages RENAME TO messages;

    CREATE INDEX messages_due ON messages (campaign, due_at, id) WHERE state IN ('queued', 'deferred');
    CREATE INDEX messages_expiry ON messages (campaign, first_attempt_at) WHERE state = 'deferred';
    CREATE INDEX messages_sending ON messages (worker) WHERE state = 'sending';
    CREATE INDEX messages_uncertain ON messages (campaign) WHERE state = 'uncertain';

    CREATE TRIGGER message_begins BEFORE INSERT ON messages WHEN NEW.state <> 'queued' BEGIN
      SELECT RAISE(ROLLBACK, 'a message begins as queued');
    END;
    CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
      UPDATE message_tally SET count = count + 1 WHERE campaign = NEW.campaign AND state = NEW.state;
    END;
    CREATE TRIGGER message_removed AFTER DELETE ON messages
    WHEN (SELECT purge_begun_at FROM campaigns WHERE id = OLD.campaign) IS NULL BEGIN
      UPDATE message_tally SET count = count - 1 WHERE campaign = OLD.campaign AND state = OLD.state;
    END;
    CREATE TRIGGER message_transition AFTER UPDATE OF state ON messages WHEN NOT (
      CASE OLD.state
        WHEN 'queued' THEN NEW.state IN ('sending', 'excluded', 'cancelled')
        WHEN 'sending' THEN NEW.state IN ('accepted', 'deferred', 'refused', 'uncertain')
        WHEN 'deferred' THEN NEW.state IN ('sending', 'expired', 'excluded', 'cancelled')
        WHEN 'uncertain' THEN NEW.state IN ('accepted', 'queued')
        ELSE 0 END)
    BEGIN
      SELECT RAISE(ROLLBACK, 'a message cannot go from this state to that one');
    END;
    CREATE TRIGGER message_moved AFTER UPDATE OF state ON messages BEGIN
      UPDATE message_tally SET count = count - 1 WHERE campaign = OLD.campaign AND state = OLD.state;
      UPDATE message_tally SET count = count + 1 WHERE campaign = NEW.campaign AND state = NEW.state;
    END;

    -- Where the numbers of a campaign's messages end. In older campaigns they are those of the customers.
    ALTER TABLE campaigns ADD COLUMN last_message INTEGER NOT NULL DEFAULT -1;
    """,
    """
    -- Reasons are values: a JSON array of objects with kind and reason. Several reasons of segments were one text.
    ALTER TABLE customers ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]'
      CHECK (json_valid(reasons) AND json_type(reasons) = 'array');
    ALTER TABLE customers ADD COLUMN calls TEXT NOT NULL DEFAULT '[]'
      CHECK (json_valid(calls) AND json_type(calls) = 'array');

    UPDATE customers SET reasons = CASE
      WHEN reason = '' THEN '[]'
      WHEN kind <> 'phone' THEN json_array(json_object('kind', 'segment', 'reason', reason))
      WHEN reason = 'no e-mail address' THEN json_array(json_object('kind', 'no_address', 'reason', NULL))
      WHEN substr(reason, 1, length('no e-mail address; ')) = 'no e-mail address; ' THEN json_array(json_object('kind', 'no_address', 'reason', NULL),
        json_object('kind', 'segment', 'reason', substr(reason, length('no e-mail address; ') + 1)))
      ELSE json_array(json_object('kind', 'segment', 'reason', reason)) END
    WHERE reason <> '';

    -- An excluded letter's reason was appended to why its customer is called.
    UPDATE customers SET call_reason = CASE
      WHEN call_reason = 'no relay in use takes international addresses (SMTPUTF8)' THEN ''
      WHEN substr(call_reason, -length('; no relay in use takes international addresses (SMTPUTF8)'))
        = '; no relay in use takes international addresses (SMTPUTF8)' THEN substr(call_reason, 1,
          length(call_reason) - length('; no relay in use takes international addresses (SMTPUTF8)'))
      ELSE call_reason END
    WHERE call_reason <> '' AND id IN (SELECT customer FROM messages WHERE state = 'excluded');
    UPDATE customers SET calls = json_array(json_object('kind', 'segment', 'reason', call_reason))
    WHERE call_reason <> '';
    ALTER TABLE customers DROP COLUMN reason;
    ALTER TABLE customers DROP COLUMN call_reason;

    -- due_at was the priority of a letter never tried, 1000 for one sent again, or a time. The priority of one that was tried
    -- is not known any more, and not needed: it is that of the same letter to others where there is one, 0 otherwise.
    CREATE TABLE new_messages (
      id INTEGER PRIMARY KEY,
      customer INTEGER NOT NULL REFERENCES customers (id),
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'deferred', 'accepted', 'refused', 'expired',
        'uncertain', 'excluded', 'cancelled')),
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      fence INTEGER NOT NULL DEFAULT 0 CHECK (fence >= attempts),
      -- Letters of a lower number leave first, as long as they were never tried.
      priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 999),
      -- It waits to be sent again, by the operator's or the policy's word.
      resend INTEGER NOT NULL DEFAULT 0 CHECK (resend IN (0, 1)),
      -- When a deferred message is tried again.
      due_at INTEGER,
      worker TEXT,
      lease_until INTEGER,
      first_attempt_at INTEGER,
      last_attempt_at INTEGER,
      changed_at INTEGER NOT NULL,
      relay TEXT,
      phase TEXT,
      code INTEGER,
      enhanced TEXT,
      reply TEXT CHECK (length(reply) <= 65536),
      sha256 BLOB CHECK (length(sha256) = 32),
      resolution TEXT CHECK (resolution IN ('accepted', 'resend')),
      resent INTEGER NOT NULL DEFAULT 0 CHECK (resent IN (0, 1)),
      exclusion TEXT CHECK (exclusion IN ('no_smtputf8')),
      customer_hash BLOB NOT NULL CHECK (length(customer_hash) = 32),
      recipient_hash BLOB NOT NULL CHECK (length(recipient_hash) = 32),
      recipient TEXT NOT NULL,
      message_id TEXT NOT NULL,
      letter TEXT NOT NULL CHECK (letter <> ''),
      template TEXT NOT NULL,
      UNIQUE (customer, letter),
      -- Sending needs a worker with a lease, and nothing else has one.
      CHECK ((state = 'sending') = (worker IS NOT NULL)),
      CHECK ((worker IS NULL) = (lease_until IS NULL)),
      CHECK ((state = 'deferred') = (due_at IS NOT NULL)),
      -- What is queued after an attempt was uncertain, and is sent again.
      CHECK ((state = 'queued' AND attempts > 0) = (resend = 1)),
      CHECK ((state = 'excluded') = (exclusion IS NOT NULL)),
      -- An attempt leaves its marks, and what says it was attempted has them.
      CHECK ((attempts > 0) = (first_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (last_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (sha256 IS NOT NULL)),
      CHECK ((attempts > 0) = (relay IS NOT NULL)),
      CHECK (state IN ('queued', 'excluded', 'cancelled') OR attempts > 0),
      -- Accepted is a 2xx of the relay, or the operator's word.
      CHECK (state <> 'accepted' OR coalesce(code, 0) BETWEEN 200 AND 299 OR resolution IS 'accepted'),
      CHECK (resolution IS NOT 'accepted' OR state = 'accepted'),
      CHECK ((resent = 1) = (resolution IS 'resend') OR resolution IS 'accepted')
    ) STRICT;

    INSERT INTO new_messages (id, customer, campaign, state, attempts, fence, priority, resend, due_at, worker, lease_until,
      first_attempt_at, last_attempt_at, changed_at, relay, phase, code, enhanced, reply, sha256, resolution, resent,
      exclusion, customer_hash, recipient_hash, recipient, message_id, letter, template)
    SELECT m.id, m.customer, m.campaign, m.state, m.attempts, m.fence,
      CASE WHEN m.state = 'queued' AND m.due_at < 1000 THEN m.due_at ELSE coalesce(known.priority, 0) END,
      m.state = 'queued' AND m.attempts > 0, CASE m.state WHEN 'deferred' THEN m.due_at END, m.worker, m.lease_until,
      m.first_attempt_at, m.last_attempt_at, m.changed_at, m.relay, m.phase, m.code, m.enhanced, m.reply, m.sha256,
      m.resolution, m.resent, CASE m.state WHEN 'excluded' THEN 'no_smtputf8' END, m.customer_hash, m.recipient_hash,
      m.recipient, m.message_id, m.letter, m.template
    FROM messages AS m LEFT JOIN (
      SELECT campaign, letter, min(due_at) AS priority FROM messages WHERE state = 'queued' AND due_at < 1000
      GROUP BY campaign, letter
    ) AS known ON known.campaign = m.campaign AND known.letter = m.letter
    ORDER BY m.id;
    -- The tallies stay as they are: SQLite fires no trigger for a dropped table.
    DROP TABLE messages;
    ALTER TABLE new_messages RENAME TO messages;

    -- What is due, in three lists.
    CREATE INDEX messages_untried ON messages (campaign, priority, id) WHERE state = 'queued' AND resend = 0;
    CREATE INDEX messages_again ON messages (campaign, id) WHERE state = 'queued' AND resend = 1;
    CREATE INDEX messages_deferred ON messages (campaign, due_at, id) WHERE state = 'deferred';
    CREATE INDEX messages_expiry ON messages (campaign, first_attempt_at) WHERE state = 'deferred';
    CREATE INDEX messages_sending ON messages (worker) WHERE state = 'sending';
    CREATE INDEX messages_uncertain ON messages (campaign) WHERE state = 'uncertain';

    CREATE TRIGGER message_begins BEFORE INSERT ON messages WHEN NEW.state <> 'queued' BEGIN
      SELECT RAISE(ROLLBACK, 'a message begins as queued');
    END;
    CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
      UPDATE message_tally SET count = count + 1 WHERE campaign = NEW.campaign AND state = NEW.state;
    END;
    CREATE TRIGGER message_removed AFTER DELETE ON messages
    WHEN (SELECT purge_begun_at FROM campaigns WHERE id = OLD.campaign) IS NULL BEGIN
      UPDATE message_tally SET count = count - 1 WHERE campaign = OLD.campaign AND state = OLD.state;
    END;
    CREATE TRIGGER message_transition AFTER UPDATE OF state ON messages WHEN NOT (
      CASE OLD.state
        WHEN 'queued' THEN NEW.state IN ('sending', 'excluded', 'cancelled')
        WHEN 'sending' THEN NEW.state IN ('accepted', 'deferred', 'refused', 'uncertain')
        WHEN 'deferred' THEN NEW.state IN ('sending', 'expired', 'excluded', 'cancelled')
        WHEN 'uncertain' THEN NEW.state IN ('accepted', 'queued')
        ELSE 0 END)
    BEGIN
      SELECT RAISE(ROLLBACK, 'a message cannot go from this state to that one');
    END;
    CREATE TRIGGER message_moved AFTER UPDATE OF state ON messages BEGIN
      UPDATE message_tally SET count = count - 1 WHERE campaign = OLD.campaign AND state = OLD.state;
      UPDATE message_tally SET count = count + 1 WHERE campaign = NEW.campaign AND state = NEW.state;
    END;
    """,
  ]
}
