/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  /// Reports about letters that did not reach their mailboxes. As to `calls`, a process that does not deliver may write to
  /// this table.
  static let format9 = """
    -- `report`: SHA-256 of the mail. A letter bounces once, whatever comes back after that.
    CREATE TABLE bounces (
      message INTEGER PRIMARY KEY REFERENCES messages (id),
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      recorded_at INTEGER NOT NULL,
      report BLOB NOT NULL CHECK (length(report) = 32),
      cause TEXT NOT NULL CHECK (length(cause) BETWEEN 1 AND 100),
      permanent INTEGER NOT NULL CHECK (permanent IN (0, 1)),
      status TEXT CHECK (length(status) <= 20),
      reply TEXT CHECK (length(reply) <= 65536)
    ) STRICT;
    CREATE INDEX bounces_by_campaign ON bounces (campaign);
    CREATE TRIGGER bounce_stays BEFORE UPDATE ON bounces BEGIN
      SELECT RAISE(ROLLBACK, 'a bounce is never changed');
    END;
    CREATE TRIGGER bounce_of_accepted BEFORE INSERT ON bounces
    WHEN (SELECT state FROM messages WHERE id = NEW.message AND campaign = NEW.campaign) IS NOT 'accepted' BEGIN
      SELECT RAISE(ROLLBACK, 'only an accepted message can bounce');
    END;

    """
}
