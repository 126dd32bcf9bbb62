/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  /// The first tables.
  static let format1 = """
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
    """

  /// A purge takes customers, messages and the key away, and leaves the figures.
  static let format2 = """
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
    """
}
