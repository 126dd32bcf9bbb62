/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  /// What is known of each relay is kept, so that another process can say why letters wait.
  static let format6 = """
    CREATE TABLE relay_conditions (
      campaign INTEGER NOT NULL REFERENCES campaigns (id),
      relay TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('sending', 'resting', 'paused')),
      since INTEGER,
      until INTEGER,
      trouble TEXT CHECK (length(trouble) <= 65536),
      -- The relay's last words that were no acceptance.
      phase TEXT,
      code INTEGER,
      enhanced TEXT,
      words TEXT CHECK (length(words) <= 65536),
      class TEXT,
      scope TEXT,
      words_since INTEGER,
      words_at INTEGER,
      PRIMARY KEY (campaign, relay),
      CHECK ((state = 'resting') = (until IS NOT NULL)),
      CHECK ((state = 'resting') = (since IS NOT NULL)),
      CHECK ((state = 'paused') = (trouble IS NOT NULL)),
      CHECK ((words IS NULL) = (phase IS NULL)),
      CHECK ((words IS NULL) = (words_since IS NULL)),
      CHECK ((words IS NULL) = (words_at IS NULL))
    ) STRICT, WITHOUT ROWID;
    """
}
