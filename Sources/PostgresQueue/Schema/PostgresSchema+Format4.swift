/// Released migrations, each from one format to the next. None is ever edited.
extension PostgresSchema {
  /// A campaign that follows another one, and letters of a reminder for which nothing is left to do.
  static let format4 = """
    ALTER TABLE campaigns ADD COLUMN follows bigint REFERENCES campaigns (id);
    ALTER TABLE campaigns ADD COLUMN follows_as text CHECK (follows_as IN ('reminder', 'follow-up'));
    ALTER TABLE campaigns ADD CHECK ((follows IS NULL) = (follows_as IS NULL));
    CREATE INDEX campaigns_by_followed ON campaigns (follows) WHERE follows IS NOT NULL;
    CREATE TRIGGER campaign_follows_for_good BEFORE UPDATE OF follows, follows_as ON campaigns FOR EACH ROW
    WHEN (NEW.follows IS DISTINCT FROM OLD.follows OR NEW.follows_as IS DISTINCT FROM OLD.follows_as)
      EXECUTE FUNCTION refuse('a campaign never comes to follow another one');
    ALTER TABLE messages DROP CONSTRAINT messages_exclusion_check;
    ALTER TABLE messages ADD CONSTRAINT messages_exclusion_check
      CHECK (exclusion IN ('no_smtputf8', 'not_made', 'safe', 'reached'));
    CREATE INDEX messages_needless ON messages (campaign) WHERE exclusion IN ('safe', 'reached');

    """
}
