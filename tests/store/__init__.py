"""Tests of claps/store: what SQL is asked, on SQLite and on MariaDB."""
