/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  /// Who has changed the password. As to `calls`, a process that does not deliver may write to these tables.
  static let format10 = """
    -- When an export of the mail server was read last.
    CREATE TABLE mailbox_exports (
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      change TEXT NOT NULL CHECK (change IN ('changed', 'locked')),
      read_at INTEGER NOT NULL,
      PRIMARY KEY (campaign, change)
    ) STRICT, WITHOUT ROWID;

    -- The mailboxes whose password is to be changed, from the first export that was read on.
    CREATE TABLE mailboxes (
      number INTEGER PRIMARY KEY,
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      customer INTEGER NOT NULL REFERENCES customers (id),
      mailbox TEXT NOT NULL CHECK (length(mailbox) BETWEEN 3 AND 1000),
      changed_at INTEGER,
      locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
      locked_at INTEGER CHECK (locked_at IS NULL OR locked = 1),
      UNIQUE (customer, mailbox)
    ) STRICT;
    CREATE INDEX mailboxes_by_campaign ON mailboxes (campaign);
    CREATE TRIGGER mailbox_stays_safe BEFORE UPDATE ON mailboxes
    WHEN NEW.locked < OLD.locked OR OLD.changed_at IS NOT NULL AND coalesce(NEW.changed_at < OLD.changed_at, 1)
      OR NEW.customer <> OLD.customer OR NEW.mailbox <> OLD.mailbox OR NEW.campaign <> OLD.campaign
    BEGIN
      SELECT RAISE(ROLLBACK, 'what was said of a mailbox is never taken back');
    END;
    CREATE TRIGGER purged_mailboxes BEFORE INSERT ON mailboxes
    WHEN (SELECT purge_begun_at FROM campaigns WHERE id = NEW.campaign) IS NOT NULL BEGIN
      SELECT RAISE(ROLLBACK, 'the campaign was purged');
    END;
    CREATE TRIGGER purged_mailbox_exports BEFORE INSERT ON mailbox_exports
    WHEN (SELECT purge_begun_at FROM campaigns WHERE id = NEW.campaign) IS NOT NULL BEGIN
      SELECT RAISE(ROLLBACK, 'the campaign was purged');
    END;

    """
}
