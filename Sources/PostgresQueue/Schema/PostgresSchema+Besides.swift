/// Released migrations, each from one format to the next. None is ever edited.
extension PostgresSchema {
  /// Limits, what was learned, destinations, canaries, calls.
  static let besidesOfFormat1 = """
    CREATE TABLE relay_conditions (
      campaign bigint NOT NULL REFERENCES campaigns (id),
      relay text COLLATE "C" NOT NULL,
      state text NOT NULL CHECK (state IN ('sending', 'resting', 'paused')),
      since bigint,
      until bigint,
      trouble text CHECK (length(trouble) <= 65536),
      -- The relay's last words that were no acceptance.
      phase text,
      code bigint,
      enhanced text,
      words text CHECK (length(words) <= 65536),
      class text,
      scope text,
      words_since bigint,
      words_at bigint,
      PRIMARY KEY (campaign, relay),
      CHECK ((state = 'resting') = (until IS NOT NULL)),
      CHECK ((state = 'resting') = (since IS NOT NULL)),
      CHECK ((state = 'paused') = (trouble IS NOT NULL)),
      CHECK ((words IS NULL) = (phase IS NULL)),
      CHECK ((words IS NULL) = (words_since IS NULL)),
      CHECK ((words IS NULL) = (words_at IS NULL))
    );

    -- What limits are counted for, and for how many milliseconds its use is kept.
    CREATE TABLE limit_scopes (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, scope text NOT NULL UNIQUE CHECK (scope <> ''),
      kept bigint NOT NULL CHECK (kept > 0)
    );
    -- The even clocks of deliveries: the start of the machine, and when it was by that clock and by the wall clock.
    CREATE TABLE limit_clocks (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, boot text, even bigint NOT NULL, wall bigint NOT NULL
    );
    -- Places taken in limits, over all campaigns. Whoever changes them locks the table first.
    CREATE TABLE limit_use (
      scope bigint NOT NULL REFERENCES limit_scopes (id), clock bigint NOT NULL REFERENCES limit_clocks (id),
      at bigint NOT NULL, count bigint NOT NULL CHECK (count > 0),
      PRIMARY KEY (scope, clock, at)
    );
    -- What a delivery has learned: what was found, when, and for how many milliseconds it is believed.
    CREATE TABLE learned_limits (
      scope bigint PRIMARY KEY REFERENCES limit_scopes (id),
      clock bigint NOT NULL REFERENCES limit_clocks (id),
      pace double precision CHECK (pace > 0), pace_at bigint, pace_lasts bigint,
      connections bigint CHECK (connections > 0), connections_at bigint, connections_lasts bigint,
      letters bigint CHECK (letters > 0), letters_at bigint, letters_lasts bigint,
      CHECK ((pace IS NULL) = (pace_at IS NULL) AND (pace IS NULL) = (pace_lasts IS NULL)),
      CHECK ((connections IS NULL) = (connections_at IS NULL) AND (connections IS NULL) = (connections_lasts IS NULL)),
      CHECK ((letters IS NULL) = (letters_at IS NULL) AND (letters IS NULL) = (letters_lasts IS NULL))
    );
    -- Test letters that have places in limits, each with the even clock of its process.
    CREATE TABLE test_letters (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, scope text NOT NULL CHECK (scope <> ''), at bigint NOT NULL,
      boot text, even bigint NOT NULL, wall bigint NOT NULL
    );
    CREATE INDEX test_letters_by_scope ON test_letters (scope, number);

    -- Where a receiving domain's mail goes. `exchangers`: names, a space between two; NULL when nobody knew.
    CREATE TABLE mail_places (
      campaign bigint NOT NULL REFERENCES campaigns (id),
      domain text COLLATE "C" NOT NULL CHECK (length(domain) BETWEEN 1 AND 255),
      exchangers text CHECK (length(exchangers) <= 8192),
      at bigint NOT NULL,
      PRIMARY KEY (campaign, domain)
    );

    CREATE TABLE canaries (
      campaign bigint PRIMARY KEY REFERENCES campaigns (id),
      letters bigint NOT NULL CHECK (letters > 0),
      state text NOT NULL CHECK (state IN ('sending', 'waiting', 'look', 'passed')),
      -- When the last of them was answered for the first time, and when the delivery goes on by itself.
      answered_at bigint,
      wait_until bigint,
      CHECK (state <> 'sending' OR answered_at IS NULL),
      CHECK (state NOT IN ('waiting', 'look') OR answered_at IS NOT NULL),
      CHECK (wait_until IS NULL OR answered_at IS NOT NULL)
    );
    CREATE TABLE canary_letters (
      campaign bigint NOT NULL REFERENCES campaigns (id), message bigint NOT NULL, PRIMARY KEY (campaign, message)
    );
    CREATE TRIGGER canary_stays_passed BEFORE UPDATE ON canaries FOR EACH ROW WHEN (OLD.state = 'passed')
      EXECUTE FUNCTION refuse('a canary that has passed stays so');

    -- `at` is when the customer was called. One call that is reported twice is one row.
    CREATE TABLE calls (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      campaign bigint NOT NULL REFERENCES campaigns (id),
      customer bigint NOT NULL REFERENCES customers (id),
      at bigint NOT NULL,
      recorded_at bigint NOT NULL CHECK (recorded_at >= at),
      outcome text NOT NULL CHECK (outcome IN ('reached', 'no-answer', 'wrong-number', 'letter-wanted')),
      caller text NOT NULL CHECK (length(caller) BETWEEN 1 AND 200),
      note text NOT NULL CHECK (length(note) <= 10000),
      UNIQUE (customer, at, outcome, caller)
    );
    CREATE INDEX calls_by_campaign ON calls (campaign, number);
    CREATE TRIGGER call_stays BEFORE UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION refuse('a call is never changed');
    """
}
