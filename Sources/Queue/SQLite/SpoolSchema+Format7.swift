/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  static let format7 =
    limitsOfFormat7 + destinationsOfFormat7 + canaryOfFormat7 + orderOfFormat7 + testLettersOfFormat7

  /// Use of limits is counted by what they are of, not by the name of a relay, and on a clock that another process can
  /// read; what a delivery has learned is kept.
  private static let limitsOfFormat7 = """
    -- What limits are counted for, and for how many milliseconds its use is kept.
    CREATE TABLE limit_scopes (
      id INTEGER PRIMARY KEY, scope TEXT NOT NULL UNIQUE CHECK (scope <> ''), kept INTEGER NOT NULL CHECK (kept > 0)
    ) STRICT;

    -- The even clocks of deliveries: the start of the machine, and when it was by that clock and by the wall clock.
    CREATE TABLE limit_clocks (
      id INTEGER PRIMARY KEY, boot TEXT, even INTEGER NOT NULL, wall INTEGER NOT NULL
    ) STRICT;

    -- Places taken in limits, over all campaigns.
    CREATE TABLE limit_use (
      scope INTEGER NOT NULL REFERENCES limit_scopes (id), clock INTEGER NOT NULL REFERENCES limit_clocks (id),
      at INTEGER NOT NULL, count INTEGER NOT NULL CHECK (count > 0),
      PRIMARY KEY (scope, clock, at)
    ) STRICT, WITHOUT ROWID;

    -- What was counted by the names of relays, on a clock of which nothing is known.
    INSERT INTO limit_clocks (id, boot, even, wall) VALUES (1, NULL, 0, 0);
    INSERT INTO limit_scopes (scope, kept) SELECT DISTINCT 'name ' || relay, 691200000 FROM usage;
    INSERT INTO limit_use (scope, clock, at, count)
    SELECT limit_scopes.id, 1, at, count FROM usage JOIN limit_scopes ON limit_scopes.scope = 'name ' || usage.relay;
    DROP TABLE usage;

    -- What a delivery has learned: what was found, when, and for how many milliseconds it is believed.
    CREATE TABLE learned_limits (
      scope INTEGER PRIMARY KEY REFERENCES limit_scopes (id),
      clock INTEGER NOT NULL REFERENCES limit_clocks (id),
      pace REAL CHECK (pace > 0), pace_at INTEGER, pace_lasts INTEGER,
      connections INTEGER CHECK (connections > 0), connections_at INTEGER, connections_lasts INTEGER,
      letters INTEGER CHECK (letters > 0), letters_at INTEGER, letters_lasts INTEGER,
      CHECK ((pace IS NULL) = (pace_at IS NULL) AND (pace IS NULL) = (pace_lasts IS NULL)),
      CHECK ((connections IS NULL) = (connections_at IS NULL) AND (connections IS NULL) = (connections_lasts IS NULL)),
      CHECK ((letters IS NULL) = (letters_at IS NULL) AND (letters IS NULL) = (letters_lasts IS NULL))
    ) STRICT;

    """

  /// Where receiving domains' mail goes is looked up once for a campaign.
  private static let destinationsOfFormat7 = """
    -- `exchangers`: names, a space between two; NULL when nobody knew.
    CREATE TABLE mail_places (
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      domain TEXT NOT NULL CHECK (length(domain) BETWEEN 1 AND 255),
      exchangers TEXT CHECK (length(exchangers) <= 8192),
      at INTEGER NOT NULL,
      PRIMARY KEY (campaign, domain)
    ) STRICT, WITHOUT ROWID;

    """

  /// A campaign may have letters that leave first. What was never tried may expire too, when the deadline has passed.
  private static let canaryOfFormat7 = """
    CREATE TABLE canaries (
      campaign INTEGER PRIMARY KEY REFERENCES campaigns (id),
      letters INTEGER NOT NULL CHECK (letters > 0),
      state TEXT NOT NULL CHECK (state IN ('sending', 'waiting', 'look', 'passed')),
      -- When the last of them was answered for the first time, and when the delivery goes on by itself.
      answered_at INTEGER,
      wait_until INTEGER,
      CHECK (state <> 'sending' OR answered_at IS NULL),
      CHECK (state NOT IN ('waiting', 'look') OR answered_at IS NOT NULL),
      CHECK (wait_until IS NULL OR answered_at IS NOT NULL)
    ) STRICT;
    CREATE TABLE canary_letters (
      campaign INTEGER NOT NULL REFERENCES campaigns (id), message INTEGER NOT NULL,
      PRIMARY KEY (campaign, message)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER canary_stays_passed BEFORE UPDATE ON canaries WHEN OLD.state = 'passed' BEGIN
      SELECT RAISE(ROLLBACK, 'a canary that has passed stays so');
    END;

    DROP TRIGGER message_transition;
    CREATE TRIGGER message_transition AFTER UPDATE OF state ON messages WHEN NOT (
      CASE OLD.state
        WHEN 'queued' THEN NEW.state IN ('sending', 'expired', 'excluded', 'cancelled')
        WHEN 'sending' THEN NEW.state IN ('accepted', 'deferred', 'refused', 'uncertain')
        WHEN 'deferred' THEN NEW.state IN ('sending', 'expired', 'excluded', 'cancelled')
        WHEN 'uncertain' THEN NEW.state IN ('accepted', 'queued')
        WHEN 'refused' THEN NEW.state = 'queued'
        WHEN 'expired' THEN NEW.state = 'queued'
        ELSE 0 END)
    BEGIN
      SELECT RAISE(ROLLBACK, 'a message cannot go from this state to that one');
    END;

    -- One CHECK is widened. That changes nothing in any row, so the table is not copied
    -- (https://sqlite.org/lang_altertable.html#otheralter).
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema
    SET sql = replace(sql, 'CHECK (state IN (''queued'', ''excluded'', ''cancelled'') OR attempts > 0)',
      'CHECK (state IN (''queued'', ''expired'', ''excluded'', ''cancelled'') OR attempts > 0)')
    WHERE type = 'table' AND name = 'messages';
    PRAGMA writable_schema = RESET;

    """

  private static let orderOfFormat7 = """
    -- Of the letters of one priority those of a lower rank leave first. In campaigns frozen before all have the same, and
    -- leave in the order of the plan.
    ALTER TABLE messages ADD COLUMN rank INTEGER NOT NULL DEFAULT 0 CHECK (rank BETWEEN 0 AND 4294967295);
    DROP INDEX messages_untried;
    CREATE INDEX messages_untried ON messages (campaign, priority, rank, id) WHERE state = 'queued' AND resend = 0;

    """

  private static let testLettersOfFormat7 = """
    -- Test letters that have places in limits, each with the even clock of its process. Beside `control` the only table
    -- that another process than the delivering one may write to.
    CREATE TABLE test_letters (
      number INTEGER PRIMARY KEY, scope TEXT NOT NULL CHECK (scope <> ''), at INTEGER NOT NULL,
      boot TEXT, even INTEGER NOT NULL, wall INTEGER NOT NULL
    ) STRICT;

    CREATE INDEX test_letters_by_scope ON test_letters (scope);

    """
}
