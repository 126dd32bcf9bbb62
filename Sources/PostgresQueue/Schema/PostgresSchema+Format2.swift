/// Released migrations, each from one format to the next. None is ever edited.
extension PostgresSchema {
  /// Reports about letters that did not reach their mailboxes.
  static let format2 = """
    -- `report`: SHA-256 of the mail. A letter bounces once, whatever comes back after that.
    CREATE TABLE bounces (
      message bigint PRIMARY KEY REFERENCES messages (id),
      campaign bigint NOT NULL REFERENCES campaigns (id),
      recorded_at bigint NOT NULL,
      report bytea NOT NULL CHECK (length(report) = 32),
      cause text NOT NULL CHECK (length(cause) BETWEEN 1 AND 100),
      permanent bigint NOT NULL CHECK (permanent IN (0, 1)),
      status text CHECK (length(status) <= 20),
      reply text CHECK (length(reply) <= 65536)
    );
    CREATE INDEX bounces_by_campaign ON bounces (campaign);
    CREATE TRIGGER bounce_stays BEFORE UPDATE ON bounces FOR EACH ROW
      EXECUTE FUNCTION refuse('a bounce is never changed');
    CREATE FUNCTION require_accepted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      IF NOT EXISTS (
        SELECT 1 FROM messages AS m WHERE m.id = NEW.message AND m.campaign = NEW.campaign AND m.state = 'accepted'
      ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'only an accepted message can bounce';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER bounce_of_accepted BEFORE INSERT ON bounces FOR EACH ROW EXECUTE FUNCTION require_accepted();
    """
}
