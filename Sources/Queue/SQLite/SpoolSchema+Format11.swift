/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  /// A campaign that follows another one, and letters of a reminder for which nothing is left to do.
  static let format11 = """
    ALTER TABLE campaigns ADD COLUMN follows INTEGER REFERENCES campaigns (id);
    ALTER TABLE campaigns ADD COLUMN follows_as TEXT
      CHECK (follows_as IN ('reminder', 'follow-up') AND follows IS NOT NULL OR follows_as IS NULL AND follows IS NULL);
    CREATE INDEX campaigns_by_followed ON campaigns (follows) WHERE follows IS NOT NULL;
    CREATE TRIGGER campaign_follows_for_good BEFORE UPDATE OF follows, follows_as ON campaigns
    WHEN NEW.follows IS NOT OLD.follows OR NEW.follows_as IS NOT OLD.follows_as BEGIN
      SELECT RAISE(ROLLBACK, 'a campaign never comes to follow another one');
    END;
    CREATE INDEX messages_needless ON messages (campaign) WHERE exclusion IN ('safe', 'reached');

    -- One CHECK is widened. That changes nothing in any row, so the table is not copied
    -- (https://sqlite.org/lang_altertable.html#otheralter).
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema
    SET sql = replace(sql, 'CHECK (exclusion IN (''no_smtputf8'', ''not_made''))',
      'CHECK (exclusion IN (''no_smtputf8'', ''not_made'', ''safe'', ''reached''))')
    WHERE type = 'table' AND name = 'messages';
    PRAGMA writable_schema = RESET;

    """
}
