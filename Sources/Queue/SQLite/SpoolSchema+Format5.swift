/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  /// A letter that cannot be made is excluded, with what is wrong. A refused or expired letter can be reopened, and its
  /// give-up time then counts anew. The retry schedule is kept, so that a change of it is noticed. Receipts hide the domains
  /// that few customers have, and a letter is found by its verification code.
  static let format5 = """
    -- The domains that this campaign's receipts show; they hide the others. Campaigns frozen before show all.
    ALTER TABLE campaigns ADD COLUMN hides_domains INTEGER NOT NULL DEFAULT 0 CHECK (hides_domains IN (0, 1));
    CREATE TABLE readable_domains (
      campaign INTEGER NOT NULL REFERENCES campaigns (id), domain TEXT NOT NULL CHECK (domain <> ''),
      PRIMARY KEY (campaign, domain)
    ) STRICT, WITHOUT ROWID;

    -- Letters by eight bytes of a keyed hash of their verification code. Campaigns frozen before have none.
    ALTER TABLE campaigns ADD COLUMN has_codes INTEGER NOT NULL DEFAULT 0 CHECK (has_codes IN (0, 1));
    CREATE TABLE codes (
      campaign INTEGER NOT NULL REFERENCES campaigns (id), code INTEGER NOT NULL, message INTEGER NOT NULL,
      PRIMARY KEY (campaign, code, message)
    ) STRICT, WITHOUT ROWID;

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
      -- It waits to be sent again: settled so by the operator or the policy, or reopened.
      resend INTEGER NOT NULL DEFAULT 0 CHECK (resend IN (0, 1)),
      -- When a deferred message is tried again.
      due_at INTEGER,
      worker TEXT,
      lease_until INTEGER,
      first_attempt_at INTEGER,
      last_attempt_at INTEGER,
      -- The give-up time counts from here, not from the first attempt: from the first one since it was put back in the
      -- queue, or from when it was made due.
      give_up_from INTEGER,
      changed_at INTEGER NOT NULL,
      relay TEXT,
      phase TEXT,
      code INTEGER,
      enhanced TEXT,
      reply TEXT CHECK (length(reply) <= 65536),
      sha256 BLOB CHECK (length(sha256) = 32),
      -- The last of them; resent stays once it is set.
      resolution TEXT CHECK (resolution IN ('accepted', 'resend', 'reopen')),
      resent INTEGER NOT NULL DEFAULT 0 CHECK (resent IN (0, 1)),
      exclusion TEXT CHECK (exclusion IN ('no_smtputf8', 'not_made')),
      -- What cannot be made of a letter, and the file at fault.
      exclusion_detail TEXT CHECK (length(exclusion_detail) <= 65536),
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
      -- What is queued after an attempt was uncertain, refused or expired, and is sent again.
      CHECK ((state = 'queued' AND attempts > 0) = (resend = 1)),
      CHECK (resend = 0 OR coalesce(resolution, '') IN ('resend', 'reopen')),
      CHECK ((state = 'excluded') = (exclusion IS NOT NULL)),
      CHECK ((exclusion IS 'not_made') = (exclusion_detail IS NOT NULL)),
      -- An attempt leaves its marks, and what says it was attempted has them.
      CHECK ((attempts > 0) = (first_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (last_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (sha256 IS NOT NULL)),
      CHECK ((attempts > 0) = (relay IS NOT NULL)),
      CHECK (attempts > 0 OR give_up_from IS NULL),
      CHECK (state IN ('queued', 'excluded', 'cancelled') OR attempts > 0),
      -- Accepted is a 2xx of the relay, or the operator's word.
      CHECK (state <> 'accepted' OR coalesce(code, 0) BETWEEN 200 AND 299 OR resolution IS 'accepted'),
      CHECK (resolution IS NOT 'accepted' OR state = 'accepted'),
      -- Only what was uncertain and sent again may have reached the customer twice. Reopening says nothing about that:
      -- what was refused or expired was certainly not taken.
      CHECK ((resent = 1) = (resolution IS 'resend') OR coalesce(resolution, '') IN ('accepted', 'reopen'))
    ) STRICT;

    INSERT INTO new_messages (id, customer, campaign, state, attempts, fence, priority, resend, due_at, worker, lease_until,
      first_attempt_at, last_attempt_at, changed_at, relay, phase, code, enhanced, reply, sha256, resolution, resent,
      exclusion, customer_hash, recipient_hash, recipient, message_id, letter, template)
    SELECT id, customer, campaign, state, attempts, fence, priority, resend, due_at, worker, lease_until,
      first_attempt_at, last_attempt_at, changed_at, relay, phase, code, enhanced, reply, sha256, resolution, resent,
      exclusion, customer_hash, recipient_hash, recipient, message_id, letter, template
    FROM messages ORDER BY id;
    -- The tallies stay as they are: SQLite fires no trigger for a dropped table.
    DROP TABLE messages;
    ALTER TABLE new_messages RENAME TO messages;

    -- What is due, in three lists.
    CREATE INDEX messages_untried ON messages (campaign, priority, id) WHERE state = 'queued' AND resend = 0;
    CREATE INDEX messages_again ON messages (campaign, id) WHERE state = 'queued' AND resend = 1;
    CREATE INDEX messages_deferred ON messages (campaign, due_at, id) WHERE state = 'deferred';
    CREATE INDEX messages_expiry ON messages (campaign, coalesce(give_up_from, first_attempt_at))
      WHERE state = 'deferred';
    CREATE INDEX messages_sending ON messages (worker) WHERE state = 'sending';
    CREATE INDEX messages_uncertain ON messages (campaign) WHERE state = 'uncertain';
    -- The last message that a relay took.
    CREATE INDEX messages_accepted ON messages (campaign, relay, changed_at)
      WHERE state = 'accepted' AND resolution IS NOT 'accepted';

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
        WHEN 'refused' THEN NEW.state = 'queued'
        WHEN 'expired' THEN NEW.state = 'queued'
        ELSE 0 END)
    BEGIN
      SELECT RAISE(ROLLBACK, 'a message cannot go from this state to that one');
    END;
    CREATE TRIGGER message_moved AFTER UPDATE OF state ON messages BEGIN
      UPDATE message_tally SET count = count - 1 WHERE campaign = OLD.campaign AND state = OLD.state;
      UPDATE message_tally SET count = count + 1 WHERE campaign = NEW.campaign AND state = NEW.state;
    END;

    -- The retry schedule that the due times of deferred messages were made by; NULL when that is not known.
    ALTER TABLE campaigns ADD COLUMN retry TEXT;
    """
}
