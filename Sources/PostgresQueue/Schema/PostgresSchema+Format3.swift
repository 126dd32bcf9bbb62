/// Released migrations, each from one format to the next. None is ever edited.
extension PostgresSchema {
  /// Who has changed the password.
  static let format3 = """
    -- When an export of the mail server was read last.
    CREATE TABLE mailbox_exports (
      campaign bigint NOT NULL REFERENCES campaigns (id),
      change text NOT NULL CHECK (change IN ('changed', 'locked')),
      read_at bigint NOT NULL,
      PRIMARY KEY (campaign, change)
    );

    -- The mailboxes whose password is to be changed, from the first export that was read on.
    CREATE TABLE mailboxes (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      campaign bigint NOT NULL REFERENCES campaigns (id),
      customer bigint NOT NULL REFERENCES customers (id),
      mailbox text COLLATE "C" NOT NULL CHECK (length(mailbox) BETWEEN 3 AND 1000),
      changed_at bigint,
      locked bigint NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
      locked_at bigint CHECK (locked_at IS NULL OR locked = 1),
      UNIQUE (customer, mailbox)
    );
    CREATE INDEX mailboxes_by_campaign ON mailboxes (campaign, number);
    CREATE TRIGGER mailbox_stays_safe BEFORE UPDATE ON mailboxes FOR EACH ROW
    WHEN (NEW.locked < OLD.locked OR OLD.changed_at IS NOT NULL AND coalesce(NEW.changed_at < OLD.changed_at, true)
      OR NEW.customer <> OLD.customer OR NEW.mailbox <> OLD.mailbox OR NEW.campaign <> OLD.campaign)
      EXECUTE FUNCTION refuse('what was said of a mailbox is never taken back');

    """
}
