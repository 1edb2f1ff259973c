"""The tables, as each version added them.

Names and paths are kept as bytes: they may hold what is no valid text. Facts that are only ever read whole are JSON.
"""

from __future__ import annotations

from artcelery.core.state.records import PAPERS

__all__ = ["IS_PAPER", "OLDER_VIEWS", "PEOPLE_SINCE", "VERSIONS"]

# The indexes of `runs` end with the columns that filters may add, so that rows are read only when they match.
_VERSION_1 = (
    """CREATE TABLE results (
        key TEXT NOT NULL, encoding TEXT NOT NULL, content_hash TEXT NOT NULL, size_bytes INTEGER NOT NULL,
        seconds REAL NOT NULL, created_at TEXT NOT NULL, run_id TEXT NOT NULL,
        PRIMARY KEY (encoding, key)
    ) WITHOUT ROWID""",
    "CREATE INDEX results_by_content ON results (content_hash)",
    """CREATE TABLE runs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, status TEXT NOT NULL,
        user BLOB NOT NULL, config_id TEXT NOT NULL, config_name BLOB NOT NULL, record TEXT NOT NULL
    )""",
    "CREATE INDEX runs_by_time ON runs (created_at, id, status, user)",
    "CREATE INDEX runs_by_status ON runs (status, created_at, id, user)",
    "CREATE INDEX runs_by_user ON runs (user, created_at, id, status)",
    "CREATE INDEX runs_by_config_id ON runs (config_id, created_at, id, status, user)",
    "CREATE INDEX runs_by_config_name ON runs (config_name, created_at, id, status, user)",
    "CREATE TABLE run_details (run_id TEXT PRIMARY KEY, detail BLOB NOT NULL)",
    """CREATE TABLE run_hashes (
        content_hash TEXT NOT NULL, run_id TEXT NOT NULL, PRIMARY KEY (content_hash, run_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX run_hashes_by_run ON run_hashes (run_id)",
    "CREATE TABLE assets (name BLOB PRIMARY KEY, content_hash TEXT NOT NULL, created_at TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE configs (
        id TEXT PRIMARY KEY, name BLOB NOT NULL, created_at TEXT NOT NULL, file_name BLOB NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX configs_by_name ON configs (name, created_at)",
    "CREATE TABLE media (content_hash TEXT PRIMARY KEY, fact TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE files (
        path BLOB PRIMARY KEY, device INTEGER NOT NULL, inode INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, content_hash TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE leases (
        key TEXT PRIMARY KEY, token TEXT NOT NULL, holder TEXT NOT NULL, lapses_at REAL NOT NULL
    ) WITHOUT ROWID""",
)

# What version 2 added: passes of submitted runs. Those that wait for nothing more have a `due_at`.
_VERSION_2 = (
    """CREATE TABLE passes (
        number INTEGER PRIMARY KEY, run_id TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, encoding TEXT NOT NULL,
        queue TEXT NOT NULL, requires TEXT NOT NULL, frames INTEGER NOT NULL, seconds REAL,
        status TEXT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL, worker TEXT NOT NULL,
        holder TEXT NOT NULL, done INTEGER NOT NULL, since REAL NOT NULL, due_at REAL NOT NULL,
        missing INTEGER NOT NULL, UNIQUE (run_id, name)
    )""",
    "CREATE INDEX passes_by_file ON passes (key, encoding)",
    "CREATE INDEX passes_by_time ON passes (due_at) WHERE status IN ('ready', 'running')",
    "CREATE INDEX passes_by_status ON passes (status, queue, since)",
    """CREATE TABLE pass_waits (
        key TEXT NOT NULL, encoding TEXT NOT NULL, run_id TEXT NOT NULL, name TEXT NOT NULL,
        PRIMARY KEY (key, encoding, run_id, name)
    ) WITHOUT ROWID""",
    "CREATE INDEX pass_waits_by_run ON pass_waits (run_id)",
    """CREATE TABLE journal (
        run_id TEXT NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
        PRIMARY KEY (run_id, number)
    ) WITHOUT ROWID""",
    "CREATE TABLE workers (name TEXT PRIMARY KEY, record TEXT NOT NULL, lapses_at REAL NOT NULL) WITHOUT ROWID",
)

# A stored file is one of the machine's own user, whose name is empty.
_STORED = """SELECT x'' AS user, content_hash, coalesce(json_extract(fact, '$.size_bytes'), 0) AS size_bytes,
    coalesce(json_extract(fact, '$.clip.kind'), '') AS kind,
    CAST(coalesce(json_extract(fact, '$.name'), '') AS BLOB) AS name,
    CAST(coalesce(json_extract(fact, '$.origin'), '') AS BLOB) AS origin,
    coalesce(json_extract(fact, '$.created_at'), '') AS created_at FROM media"""

# What version 3 added: people. Names and configs have an owner; files have owners, and are listed newest first.
_VERSION_3 = (
    "ALTER TABLE assets RENAME TO assets_2",
    """CREATE TABLE assets (
        user BLOB NOT NULL, name BLOB NOT NULL, content_hash TEXT NOT NULL, created_at TEXT NOT NULL,
        PRIMARY KEY (user, name)
    ) WITHOUT ROWID""",
    "INSERT INTO assets SELECT x'', name, content_hash, created_at FROM assets_2",
    "DROP TABLE assets_2",
    "ALTER TABLE configs RENAME TO configs_2",
    """CREATE TABLE configs (
        user BLOB NOT NULL, id TEXT NOT NULL, name BLOB NOT NULL, created_at TEXT NOT NULL, file_name BLOB NOT NULL,
        PRIMARY KEY (user, id)
    ) WITHOUT ROWID""",
    "INSERT INTO configs SELECT x'', id, name, created_at, file_name FROM configs_2",
    "DROP TABLE configs_2",
    "CREATE INDEX configs_by_name ON configs (user, name, created_at)",
    "CREATE INDEX runs_by_user_and_status ON runs (user, status, created_at, id)",
    """CREATE TABLE holdings (
        user BLOB NOT NULL, content_hash TEXT NOT NULL, size_bytes INTEGER NOT NULL, kind TEXT NOT NULL,
        name BLOB NOT NULL, origin BLOB NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (user, content_hash)
    ) WITHOUT ROWID""",
    f"INSERT INTO holdings {_STORED}",
    "CREATE INDEX holdings_by_time ON holdings (user, created_at, content_hash, name)",
    "CREATE INDEX holdings_by_kind ON holdings (user, kind, created_at, content_hash)",
    "CREATE INDEX holdings_by_kind_and_origin ON holdings (user, kind, origin, created_at, content_hash)",
    "CREATE INDEX holdings_by_origin ON holdings (user, origin, created_at, content_hash)",
    "CREATE INDEX holdings_by_content ON holdings (content_hash)",
    """CREATE TABLE holding_totals (
        user BLOB PRIMARY KEY, files INTEGER NOT NULL, bytes INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "INSERT INTO holding_totals SELECT user, count(*), sum(size_bytes) FROM holdings GROUP BY user",
    """CREATE TRIGGER holding_counted AFTER INSERT ON holdings BEGIN
        INSERT INTO holding_totals SELECT NEW.user, 0, 0
            WHERE NOT EXISTS (SELECT 1 FROM holding_totals WHERE user = NEW.user);
        UPDATE holding_totals SET files = files + 1, bytes = bytes + NEW.size_bytes WHERE user = NEW.user;
    END""",
    """CREATE TRIGGER holding_discounted AFTER DELETE ON holdings BEGIN
        UPDATE holding_totals SET files = files - 1, bytes = bytes - OLD.size_bytes WHERE user = OLD.user;
        DELETE FROM holding_totals WHERE user = OLD.user AND files = 0;
    END""",
    f"""CREATE TRIGGER media_listed AFTER INSERT ON media BEGIN
        DELETE FROM holdings WHERE user = x'' AND content_hash = NEW.content_hash;
        INSERT INTO holdings {_STORED} WHERE content_hash = NEW.content_hash;
    END""",
    """CREATE TRIGGER media_unlisted AFTER DELETE ON media BEGIN
        DELETE FROM holdings WHERE user = x'' AND content_hash = OLD.content_hash;
    END""",
    """CREATE TABLE sessions (
        id_hash TEXT PRIMARY KEY, user BLOB NOT NULL, token_hash TEXT NOT NULL, l2_origin TEXT NOT NULL,
        epoch INTEGER NOT NULL, created_at REAL NOT NULL, verified_at REAL NOT NULL, expires_at REAL NOT NULL,
        sealed TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX sessions_by_user ON sessions (user, expires_at)",
    "CREATE INDEX sessions_by_token ON sessions (token_hash)",
    "CREATE INDEX sessions_by_time ON sessions (expires_at)",
    """CREATE TABLE people (
        user BLOB PRIMARY KEY, epoch INTEGER NOT NULL, suspected_at REAL NOT NULL, lapses_at REAL NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX people_by_time ON people (lapses_at)",
    "CREATE TABLE asked (user BLOB PRIMARY KEY, lapses_at REAL NOT NULL) WITHOUT ROWID",
    "CREATE INDEX asked_by_time ON asked (lapses_at)",
    """CREATE TABLE tokens (
        token_hash TEXT NOT NULL, fate TEXT NOT NULL, lapses_at REAL NOT NULL, PRIMARY KEY (token_hash, fate)
    ) WITHOUT ROWID""",
    "CREATE INDEX tokens_by_time ON tokens (lapses_at)",
    """CREATE TABLE replies (
        user BLOB NOT NULL, key BLOB NOT NULL, fingerprint TEXT NOT NULL, reply TEXT NOT NULL, lapses_at REAL NOT NULL,
        PRIMARY KEY (user, key)
    ) WITHOUT ROWID""",
    "CREATE INDEX replies_by_time ON replies (lapses_at)",
)

_ORIGINS = ", ".join(f"CAST('{origin}' AS BLOB)" for origin in sorted(PAPERS))
IS_PAPER = f"(origin IN ({_ORIGINS}))"
"""Whether a file is one of the papers of runs, in the words of the index that lists all others."""

# What version 4 added: papers apart from other files. The indexes of `holdings` end with what files are looked for by.
_VERSION_4 = (
    "DROP INDEX holdings_by_time",
    "DROP INDEX holdings_by_kind",
    "DROP INDEX holdings_by_kind_and_origin",
    "DROP INDEX holdings_by_origin",
    "CREATE INDEX holdings_by_time ON holdings (user, created_at, content_hash, name, size_bytes)",
    "CREATE INDEX holdings_by_kind ON holdings (user, kind, created_at, content_hash, name, size_bytes, origin)",
    """CREATE INDEX holdings_by_kind_and_origin ON holdings (
        user, kind, origin, created_at, content_hash, name, size_bytes
    )""",
    "CREATE INDEX holdings_by_origin ON holdings (user, origin, created_at, content_hash, name, size_bytes)",
    f"""CREATE INDEX holdings_but_papers ON holdings (user, created_at, content_hash, name, size_bytes, origin)
        WHERE NOT {IS_PAPER}""",
    f"""CREATE INDEX holdings_papers ON holdings (user, created_at, content_hash, name, size_bytes, origin)
        WHERE {IS_PAPER}""",
)

VERSIONS = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4)
"""What makes each version of the one before it, beginning with nothing."""

PEOPLE_SINCE = 3
"""The version in which names, configs and files began to have owners."""

OLDER_VIEWS = (
    "CREATE TEMP VIEW assets AS SELECT x'' AS user, * FROM main.assets",
    "CREATE TEMP VIEW configs AS SELECT x'' AS user, * FROM main.configs",
    f"CREATE TEMP VIEW holdings AS {_STORED}",
    """CREATE TEMP VIEW holding_totals AS
        SELECT user, count(*) AS files, sum(size_bytes) AS bytes FROM holdings GROUP BY user""",
)
"""What is in a file from before that as the tables of this version, for those who only read it."""
