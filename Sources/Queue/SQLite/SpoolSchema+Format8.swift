/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  /// Calls to customers. Beside `control` and `test_letters` a process that does not deliver may write to this table, to
  /// `receipts` and to `chains`.
  static let format8 = """
    -- `at` is when the customer was called. One call that is reported twice is one row.
    CREATE TABLE calls (
      number INTEGER PRIMARY KEY,
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      customer INTEGER NOT NULL REFERENCES customers (id),
      at INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL CHECK (recorded_at >= at),
      outcome TEXT NOT NULL CHECK (outcome IN ('reached', 'no-answer', 'wrong-number', 'letter-wanted')),
      caller TEXT NOT NULL CHECK (length(caller) BETWEEN 1 AND 200),
      note TEXT NOT NULL CHECK (length(note) <= 10000),
      UNIQUE (customer, at, outcome, caller)
    ) STRICT;
    CREATE INDEX calls_by_campaign ON calls (campaign);
    CREATE TRIGGER call_stays BEFORE UPDATE ON calls BEGIN
      SELECT RAISE(ROLLBACK, 'a call is never changed');
    END;
    CREATE TRIGGER purged_calls BEFORE INSERT ON calls
    WHEN (SELECT purge_begun_at FROM campaigns WHERE id = NEW.campaign) IS NOT NULL BEGIN
      SELECT RAISE(ROLLBACK, 'the campaign was purged');
    END;

    -- Whom a letter has not reached for certain: found without a look at all others.
    CREATE INDEX messages_untold ON messages (campaign, customer)
      WHERE state IN ('refused', 'expired', 'excluded', 'uncertain', 'cancelled');
    CREATE INDEX customers_to_call ON customers (campaign) WHERE kind = 'phone' OR calls <> '[]';

    """
}
