/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  static let format7 = limitsOfFormat7 + destinationsOfFormat7 + canaryOfFormat7

  private static let limitsOfFormat7 = ""

  private static let destinationsOfFormat7 = ""

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
}
