/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  static let format7 = limitsOfFormat7 + destinationsOfFormat7 + canaryOfFormat7

  /// Use of limits is counted by what they are of, not by the name of a relay, and on a clock that another process can
  /// read; what a delivery has learned is kept.
  private static let limitsOfFormat7 = """
    -- What limits are counted for, and for how many milliseconds its use is kept.
    CREATE TABLE limit_scopes (
      id INTEGER PRIMARY KEY, scope TEXT NOT NULL UNIQUE CHECK (scope <> ''), kept INTEGER NOT NULL CHECK (kept > 0)
    ) STRICT;

    -- The even clocks of deliveries: the start of the machine, and when it was by that clock and by the wall clock.
    CREATE TABLE limit_clocks (
      id INTEGER PRIMARY KEY, boot TEXT, even INTEGER NOT NULL, wall INTEGER NOT NULL
    ) STRICT;

    -- Places taken in limits, over all campaigns.
    CREATE TABLE limit_use (
      scope INTEGER NOT NULL REFERENCES limit_scopes (id), clock INTEGER NOT NULL REFERENCES limit_clocks (id),
      at INTEGER NOT NULL, count INTEGER NOT NULL CHECK (count > 0),
      PRIMARY KEY (scope, clock, at)
    ) STRICT, WITHOUT ROWID;

    -- What was counted by the names of relays, on a clock of which nothing is known.
    INSERT INTO limit_clocks (id, boot, even, wall) VALUES (1, NULL, 0, 0);
    INSERT INTO limit_scopes (scope, kept) SELECT DISTINCT 'name ' || relay, 691200000 FROM usage;
    INSERT INTO limit_use (scope, clock, at, count)
    SELECT limit_scopes.id, 1, at, count FROM usage JOIN limit_scopes ON limit_scopes.scope = 'name ' || usage.relay;
    DROP TABLE usage;

    -- What a delivery has learned: what was found, when, and for how many milliseconds it is believed.
    CREATE TABLE learned_limits (
      scope INTEGER PRIMARY KEY REFERENCES limit_scopes (id),
      clock INTEGER NOT NULL REFERENCES limit_clocks (id),
      pace REAL CHECK (pace > 0), pace_at INTEGER, pace_lasts INTEGER,
      connections INTEGER CHECK (connections > 0), connections_at INTEGER, connections_lasts INTEGER,
      letters INTEGER CHECK (letters > 0), letters_at INTEGER, letters_lasts INTEGER,
      CHECK ((pace IS NULL) = (pace_at IS NULL) AND (pace IS NULL) = (pace_lasts IS NULL)),
      CHECK ((connections IS NULL) = (connections_at IS NULL) AND (connections IS NULL) = (connections_lasts IS NULL)),
      CHECK ((letters IS NULL) = (letters_at IS NULL) AND (letters IS NULL) = (letters_lasts IS NULL))
    ) STRICT;

    """

  /// Where receiving domains' mail goes is looked up once for a campaign.
  private static let destinationsOfFormat7 = """
    -- `exchangers`: names, a space between two; NULL when nobody knew.
    CREATE TABLE mail_places (
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      domain TEXT NOT NULL CHECK (length(domain) BETWEEN 1 AND 255),
      exchangers TEXT CHECK (length(exchangers) <= 8192),
      at INTEGER NOT NULL,
      PRIMARY KEY (campaign, domain)
    ) STRICT, WITHOUT ROWID;

    """

  private static let canaryOfFormat7 = ""
}
