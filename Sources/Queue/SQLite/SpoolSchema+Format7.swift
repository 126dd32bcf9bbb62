/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  static let format7 = limitsOfFormat7 + destinationsOfFormat7 + canaryOfFormat7 + testLettersOfFormat7

  private static let limitsOfFormat7 = ""

  private static let destinationsOfFormat7 = ""

  private static let canaryOfFormat7 = ""

  private static let testLettersOfFormat7 = """
    -- Test letters counted against a relay's limits. Beside `control` the only table that another process than the
    -- delivering one may write to.
    CREATE TABLE test_letters (
      number INTEGER PRIMARY KEY, relay TEXT NOT NULL, at INTEGER NOT NULL
    ) STRICT;

    CREATE INDEX test_letters_by_relay ON test_letters (relay, at);

    """
}
