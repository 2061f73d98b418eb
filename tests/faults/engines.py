"""Marks for tests that one kind of database is enough for, or that only one kind can show."""

from __future__ import annotations

import pytest

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_MARIADB = pytest.mark.parametrize("database_url", ["mariadb"], indirect=True)
