/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  static let format7 = limitsOfFormat7 + destinationsOfFormat7 + canaryOfFormat7 + orderOfFormat7

  private static let limitsOfFormat7 = ""

  private static let destinationsOfFormat7 = ""

  private static let canaryOfFormat7 = ""

  private static let orderOfFormat7 = """
    -- Of the letters of one priority those of a lower rank leave first. In campaigns frozen before all have the same, and
    -- leave in the order of the plan.
    ALTER TABLE messages ADD COLUMN rank INTEGER NOT NULL DEFAULT 0 CHECK (rank BETWEEN 0 AND 4294967295);
    DROP INDEX messages_untried;
    CREATE INDEX messages_untried ON messages (campaign, priority, rank, id) WHERE state = 'queued' AND resend = 0;

    """
}
