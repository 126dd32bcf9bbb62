/// Released migrations, each from one format to the next. None is ever edited.
extension PostgresSchema {
  static let format1 = campaignsOfFormat1 + messagesOfFormat1 + guardsOfFormat1 + besidesOfFormat1

  /// Times are milliseconds since 1970; yes or no is 1 or 0, as in the SQLite queue.
  private static let campaignsOfFormat1 = """
    -- The one process that delivers: its lease, by the server's clock, and a number that rises with every process that
    -- takes over, so that the one before commits nothing any more. `backend` is its connection.
    CREATE TABLE deliverer (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      epoch bigint NOT NULL, host text NOT NULL, process bigint NOT NULL,
      backend bigint NOT NULL, backend_start timestamptz NOT NULL,
      since timestamptz NOT NULL, lease_until timestamptz NOT NULL
    );
    INSERT INTO deliverer VALUES (true, 0, '', 0, 0, '-infinity', '-infinity', '-infinity');

    CREATE TABLE campaigns (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL UNIQUE CHECK (name <> ''),
      state text NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'completed', 'cancelled', 'aborted')),
      plan_hash bytea NOT NULL CHECK (octet_length(plan_hash) = 32),
      rows bigint NOT NULL CHECK (rows >= 0),
      rejected_rows bigint NOT NULL CHECK (rejected_rows BETWEEN 0 AND rows),
      deadline bigint NOT NULL,
      hash_key bytea NOT NULL CHECK (octet_length(hash_key) IN (0, 32)),
      inputs bytea NOT NULL,
      created_at bigint NOT NULL,
      started_at bigint,
      finished_at bigint,
      first_customer bigint NOT NULL DEFAULT 0,
      last_customer bigint NOT NULL DEFAULT -1,
      last_message bigint NOT NULL DEFAULT -1,
      purge_begun_at bigint,
      purge_files bigint CHECK (purge_files >= 0),
      purged_at bigint CHECK (purged_at IS NULL OR purge_begun_at IS NOT NULL),
      hides_domains bigint NOT NULL DEFAULT 1 CHECK (hides_domains IN (0, 1)),
      has_codes bigint NOT NULL DEFAULT 0 CHECK (has_codes IN (0, 1)),
      -- The retry schedule that the due times of deferred messages were made by; NULL when that is not known.
      retry text,
      CHECK ((state IN ('completed', 'cancelled', 'aborted')) = (finished_at IS NOT NULL))
    );

    CREATE TABLE customers (
      id bigint PRIMARY KEY,
      campaign bigint NOT NULL REFERENCES campaigns (id),
      ref text COLLATE "C" NOT NULL CHECK (ref <> ''),
      kind text NOT NULL CHECK (kind IN ('letter', 'phone', 'none')),
      reasons text NOT NULL,
      calls text NOT NULL,
      payload bytea NOT NULL,
      UNIQUE (campaign, ref)
    );
    CREATE INDEX customers_to_call ON customers (campaign) WHERE kind = 'phone' OR calls <> '[]';

    CREATE TABLE customer_tally (
      campaign bigint NOT NULL, kind text NOT NULL, count bigint NOT NULL CHECK (count >= 0),
      PRIMARY KEY (campaign, kind)
    );
    CREATE TABLE message_tally (
      campaign bigint NOT NULL, state text NOT NULL, count bigint NOT NULL CHECK (count >= 0),
      PRIMARY KEY (campaign, state)
    );
    -- Outcomes a second, for the rate; the last minutes only.
    CREATE TABLE pace (
      campaign bigint NOT NULL, second bigint NOT NULL, outcomes bigint NOT NULL, last_at bigint NOT NULL,
      PRIMARY KEY (campaign, second)
    );
    CREATE TABLE control (
      campaign bigint PRIMARY KEY REFERENCES campaigns (id),
      request text NOT NULL CHECK (request IN ('pause', 'cancel')),
      at bigint NOT NULL
    );

    -- Where each campaign's chain of receipts ends. Whoever changes a campaign's messages, or adds to its receipts, locks
    -- its row first: one transaction at a time.
    CREATE TABLE chains (
      campaign bigint PRIMARY KEY REFERENCES campaigns (id),
      seq bigint NOT NULL CHECK (seq >= 0),
      head bytea NOT NULL CHECK (octet_length(head) = 32)
    );
    CREATE TABLE receipts (campaign bigint NOT NULL, seq bigint NOT NULL, line bytea NOT NULL, PRIMARY KEY (campaign, seq));

    -- The domains that a campaign's receipts show; they hide the others.
    CREATE TABLE readable_domains (
      campaign bigint NOT NULL REFERENCES campaigns (id), domain text COLLATE "C" NOT NULL CHECK (domain <> ''),
      PRIMARY KEY (campaign, domain)
    );
    -- Letters by eight bytes of a keyed hash of their verification code.
    CREATE TABLE codes (
      campaign bigint NOT NULL REFERENCES campaigns (id), code bigint NOT NULL, message bigint NOT NULL,
      PRIMARY KEY (campaign, code, message)
    );

    """

  private static let messagesOfFormat1 = """
    CREATE TABLE messages (
      id bigint PRIMARY KEY,
      customer bigint NOT NULL REFERENCES customers (id),
      campaign bigint NOT NULL REFERENCES campaigns (id),
      state text NOT NULL CHECK (state IN ('queued', 'sending', 'deferred', 'accepted', 'refused', 'expired',
        'uncertain', 'excluded', 'cancelled')),
      attempts bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      fence bigint NOT NULL DEFAULT 0 CHECK (fence >= attempts),
      -- Letters of a lower number leave first, as long as they were never tried; of one priority those of a lower rank.
      priority bigint NOT NULL CHECK (priority BETWEEN 0 AND 999),
      rank bigint NOT NULL CHECK (rank BETWEEN 0 AND 4294967295),
      -- It waits to be sent again: settled so by the operator or the policy, or reopened.
      resend bigint NOT NULL DEFAULT 0 CHECK (resend IN (0, 1)),
      -- When a deferred message is tried again.
      due_at bigint,
      worker text,
      lease_until bigint,
      first_attempt_at bigint,
      last_attempt_at bigint,
      -- The give-up time counts from here, not from the first attempt: from the first one since it was put back in the
      -- queue, or from when it was made due.
      give_up_from bigint,
      changed_at bigint NOT NULL,
      relay text,
      phase text,
      code bigint,
      enhanced text,
      reply text CHECK (length(reply) <= 65536),
      sha256 bytea CHECK (octet_length(sha256) = 32),
      -- The last of them; resent stays once it is set.
      resolution text CHECK (resolution IN ('accepted', 'resend', 'reopen')),
      resent bigint NOT NULL DEFAULT 0 CHECK (resent IN (0, 1)),
      exclusion text CHECK (exclusion IN ('no_smtputf8', 'not_made')),
      -- What cannot be made of a letter, and the file at fault.
      exclusion_detail text CHECK (length(exclusion_detail) <= 65536),
      customer_hash bytea NOT NULL CHECK (octet_length(customer_hash) = 32),
      recipient_hash bytea NOT NULL CHECK (octet_length(recipient_hash) = 32),
      recipient text NOT NULL,
      message_id text NOT NULL,
      letter text NOT NULL CHECK (letter <> ''),
      template text NOT NULL,
      UNIQUE (customer, letter),
      -- Sending needs a worker with a lease, and nothing else has one.
      CHECK ((state = 'sending') = (worker IS NOT NULL)),
      CHECK ((worker IS NULL) = (lease_until IS NULL)),
      CHECK ((state = 'deferred') = (due_at IS NOT NULL)),
      -- What is queued after an attempt was uncertain, refused or expired, and is sent again.
      CHECK ((state = 'queued' AND attempts > 0) = (resend = 1)),
      CHECK (resend = 0 OR coalesce(resolution, '') IN ('resend', 'reopen')),
      CHECK ((state = 'excluded') = (exclusion IS NOT NULL)),
      CHECK ((coalesce(exclusion, '') = 'not_made') = (exclusion_detail IS NOT NULL)),
      -- An attempt leaves its marks, and what says it was attempted has them.
      CHECK ((attempts > 0) = (first_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (last_attempt_at IS NOT NULL)),
      CHECK ((attempts > 0) = (sha256 IS NOT NULL)),
      CHECK ((attempts > 0) = (relay IS NOT NULL)),
      CHECK (attempts > 0 OR give_up_from IS NULL),
      CHECK (state IN ('queued', 'expired', 'excluded', 'cancelled') OR attempts > 0),
      -- Accepted is a 2xx of the relay, or the operator's word.
      CHECK (state <> 'accepted' OR coalesce(code, 0) BETWEEN 200 AND 299 OR coalesce(resolution, '') = 'accepted'),
      CHECK (coalesce(resolution, '') <> 'accepted' OR state = 'accepted'),
      -- Only what was uncertain and sent again may have reached the customer twice. Reopening says nothing about that:
      -- what was refused or expired was certainly not taken.
      CHECK ((resent = 1) = (coalesce(resolution, '') = 'resend') OR coalesce(resolution, '') IN ('accepted', 'reopen'))
    );

    -- What is due, in three lists.
    CREATE INDEX messages_untried ON messages (campaign, priority, rank, id) WHERE state = 'queued' AND resend = 0;
    CREATE INDEX messages_again ON messages (campaign, id) WHERE state = 'queued' AND resend = 1;
    CREATE INDEX messages_deferred ON messages (campaign, due_at, id) WHERE state = 'deferred';
    CREATE INDEX messages_expiry ON messages (campaign, coalesce(give_up_from, first_attempt_at))
      WHERE state = 'deferred';
    CREATE INDEX messages_sending ON messages (campaign, id) WHERE state = 'sending';
    CREATE INDEX messages_uncertain ON messages (campaign, id) WHERE state = 'uncertain';
    -- The last message that a relay took.
    CREATE INDEX messages_accepted ON messages (campaign, relay, changed_at)
      WHERE state = 'accepted' AND resolution IS DISTINCT FROM 'accepted';
    -- Whom a letter has not reached for certain: found without a look at all others.
    CREATE INDEX messages_untold ON messages (campaign, customer)
      WHERE state IN ('refused', 'expired', 'excluded', 'uncertain', 'cancelled');

    """

  private static let guardsOfFormat1 = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = TG_ARGV[0];
    END $$;

    CREATE TRIGGER message_begins BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.state <> 'queued')
      EXECUTE FUNCTION refuse('a message begins as queued');
    CREATE TRIGGER message_transition BEFORE UPDATE OF state ON messages FOR EACH ROW WHEN (NOT (
      CASE OLD.state
        WHEN 'queued' THEN NEW.state IN ('sending', 'expired', 'excluded', 'cancelled')
        WHEN 'sending' THEN NEW.state IN ('accepted', 'deferred', 'refused', 'uncertain')
        WHEN 'deferred' THEN NEW.state IN ('sending', 'expired', 'excluded', 'cancelled')
        WHEN 'uncertain' THEN NEW.state IN ('accepted', 'queued')
        WHEN 'refused' THEN NEW.state = 'queued'
        WHEN 'expired' THEN NEW.state = 'queued'
        ELSE false END))
      EXECUTE FUNCTION refuse('a message cannot go from this state to that one');

    -- The tallies, once for each statement.
    CREATE FUNCTION tally_messages_added() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      UPDATE message_tally AS t SET count = t.count + n.count
      FROM (SELECT campaign, state, count(*) AS count FROM added GROUP BY 1, 2) AS n
      WHERE t.campaign = n.campaign AND t.state = n.state;
      RETURN NULL;
    END $$;
    CREATE TRIGGER message_added AFTER INSERT ON messages REFERENCING NEW TABLE AS added FOR EACH STATEMENT
      EXECUTE FUNCTION tally_messages_added();
    CREATE FUNCTION tally_messages_moved() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      UPDATE message_tally AS t SET count = t.count + n.count
      FROM (SELECT campaign, state, sum(count)::bigint AS count FROM (
          SELECT campaign, state, 1 AS count FROM after UNION ALL SELECT campaign, state, -1 FROM before
        ) AS moved GROUP BY 1, 2) AS n
      WHERE t.campaign = n.campaign AND t.state = n.state AND n.count <> 0;
      RETURN NULL;
    END $$;
    CREATE TRIGGER message_moved AFTER UPDATE ON messages REFERENCING OLD TABLE AS before NEW TABLE AS after
      FOR EACH STATEMENT EXECUTE FUNCTION tally_messages_moved();
    CREATE FUNCTION tally_messages_removed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      UPDATE message_tally AS t SET count = t.count - n.count
      FROM (SELECT campaign, state, count(*) AS count FROM removed GROUP BY 1, 2) AS n
      WHERE t.campaign = n.campaign AND t.state = n.state
        AND (SELECT purge_begun_at FROM campaigns WHERE id = n.campaign) IS NULL;
      RETURN NULL;
    END $$;
    CREATE TRIGGER message_removed AFTER DELETE ON messages REFERENCING OLD TABLE AS removed FOR EACH STATEMENT
      EXECUTE FUNCTION tally_messages_removed();
    CREATE FUNCTION tally_customers_added() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM added JOIN campaigns ON campaigns.id = campaign WHERE purge_begun_at IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'a purged campaign gets no customers';
      END IF;
      UPDATE customer_tally AS t SET count = t.count + n.count
      FROM (SELECT campaign, kind, count(*) AS count FROM added GROUP BY 1, 2) AS n
      WHERE t.campaign = n.campaign AND t.kind = n.kind;
      RETURN NULL;
    END $$;
    CREATE TRIGGER customer_added AFTER INSERT ON customers REFERENCING NEW TABLE AS added FOR EACH STATEMENT
      EXECUTE FUNCTION tally_customers_added();
    CREATE FUNCTION tally_customers_removed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      UPDATE customer_tally AS t SET count = t.count - n.count
      FROM (SELECT campaign, kind, count(*) AS count FROM removed GROUP BY 1, 2) AS n
      WHERE t.campaign = n.campaign AND t.kind = n.kind
        AND (SELECT purge_begun_at FROM campaigns WHERE id = n.campaign) IS NULL;
      RETURN NULL;
    END $$;
    CREATE TRIGGER customer_removed AFTER DELETE ON customers REFERENCING OLD TABLE AS removed FOR EACH STATEMENT
      EXECUTE FUNCTION tally_customers_removed();

    CREATE FUNCTION begin_campaign() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      INSERT INTO customer_tally SELECT NEW.id, kind, 0 FROM unnest(ARRAY['letter', 'phone', 'none']) AS kind;
      INSERT INTO message_tally SELECT NEW.id, state, 0 FROM unnest(ARRAY['queued', 'sending', 'deferred', 'accepted',
        'refused', 'expired', 'uncertain', 'excluded', 'cancelled']) AS state;
      INSERT INTO chains VALUES (NEW.id, 0, decode(repeat('00', 32), 'hex'));
      RETURN NULL;
    END $$;
    CREATE TRIGGER campaign_begins AFTER INSERT ON campaigns FOR EACH ROW EXECUTE FUNCTION begin_campaign();
    CREATE FUNCTION guard_purge() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      IF OLD.purge_begun_at IS NULL AND NEW.purge_begun_at IS NOT NULL AND (
        OLD.state NOT IN ('completed', 'cancelled') OR EXISTS (SELECT 1 FROM message_tally WHERE campaign = OLD.id
          AND state IN ('queued', 'sending', 'deferred', 'uncertain') AND count > 0))
      THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'a campaign is purged after its end only';
      END IF;
      IF OLD.purge_begun_at IS NOT NULL AND (
        OLD.purged_at IS NOT NULL OR NEW.state <> OLD.state OR octet_length(NEW.hash_key) > 0
        OR NEW.purge_begun_at IS DISTINCT FROM OLD.purge_begun_at)
      THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'a purge cannot be taken back';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER purge_is_for_good BEFORE UPDATE ON campaigns FOR EACH ROW EXECUTE FUNCTION guard_purge();

    """
}
