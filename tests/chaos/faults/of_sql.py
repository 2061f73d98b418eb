"""What happens to SQL."""

from __future__ import annotations

from tests.chaos.faults.spell import Spell
from tests.chaos.town import Town
from tests.parts.galera_group import GaleraGroup, GaleraServer
from tests.parts.mariadb_pair import MariadbPair
from tests.parts.processes import eventually


def kill_sql(town: Town, spell: Spell) -> None:
    """kill -9 of the one MariaDB."""
    town.sql.primary.kill()
    spell.last()


def freeze_sql(town: Town, spell: Spell) -> None:
    """SIGSTOP of the one MariaDB."""
    town.sql.primary.pause()
    spell.freeze()


def fill_the_disk_of_sql(town: Town, spell: Spell) -> None:
    """MariaDB finds no room for more."""
    assert town.ground.sql_disk is not None
    town.ground.sql_disk.fill()
    spell.last()


def kill_the_sql_primary(town: Town, spell: Spell) -> None:
    """kill -9 of the primary; somebody notices after a while and promotes the replica."""
    _pair(town).primary.kill()
    spell.last(0.5)
    _pair(town).promote()


def freeze_the_sql_primary(town: Town, spell: Spell) -> None:
    """SIGSTOP of the primary; the replica is promoted, and then the old one goes on as if it still were one."""
    old = _pair(town).primary
    old.pause()
    spell.last(0.5)
    _pair(town).promote()
    spell.freeze()
    old.resume()
    spell.last(0.5)


def cut_off_the_sql_primary(town: Town, spell: Spell) -> None:
    """Nothing reaches the primary and nothing leaves it, though it runs; the replica is promoted."""
    old = _pair(town).primary
    _cut_off(town, old.port)
    spell.last(0.5)
    _pair(town).promote()
    town.ground.heal()
    spell.last(0.5)


def change_the_sql_primary(town: Town, spell: Spell) -> None:
    """The replica is promoted though nothing is wrong, as for an upgrade of the primary."""
    _pair(town).promote()
    spell.last(0.25)


def kill_the_sql_replica(town: Town, spell: Spell) -> None:
    """kill -9 of the replica: commits wait for it."""
    _pair(town).replica.kill()
    spell.last()


def freeze_the_sql_replica(town: Town, spell: Spell) -> None:
    """SIGSTOP of the replica: commits wait for it."""
    _pair(town).replica.pause()
    spell.freeze()


def kill_a_galera_server(town: Town, spell: Spell) -> None:
    """kill -9 of the one that is written to, or of another."""
    _any_of_three(town, spell).kill()
    spell.last()


def freeze_a_galera_server(town: Town, spell: Spell) -> None:
    """SIGSTOP of the one that is written to, or of another; after five seconds the others go on without it."""
    _any_of_three(town, spell).pause()
    spell.freeze()


def cut_off_a_galera_server(town: Town, spell: Spell) -> None:
    """One of the three and the others hear nothing of each other; everybody else still reaches all of them."""
    assert isinstance(town.sql, GaleraGroup) and town.ground.firewall is not None
    alone = _any_of_three(town, spell)
    others = [server for server in town.sql.servers if server is not alone]
    town.ground.firewall.silence(alone.own.address)
    eventually(lambda: [one.count_group() for one in (alone, *others)] == [0, 2, 2], seconds=60)
    spell.last()


def kill_the_sql_balancer(town: Town, spell: Spell) -> None:
    """kill -9 of the balancer in front of SQL, and with it of every connection."""
    assert isinstance(town.sql, MariadbPair | GaleraGroup)
    town.sql.balancer.kill()
    spell.last(0.25)


def freeze_the_sql_balancer(town: Town, spell: Spell) -> None:
    """SIGSTOP of the balancer in front of SQL."""
    assert isinstance(town.sql, MariadbPair | GaleraGroup)
    town.sql.balancer.pause()
    spell.freeze()


def _pair(town: Town) -> MariadbPair:
    assert isinstance(town.sql, MariadbPair)
    return town.sql


def _any_of_three(town: Town, spell: Spell) -> GaleraServer:
    assert isinstance(town.sql, GaleraGroup)
    return spell.dice.choice([town.sql.primary, *town.sql.servers])


def _cut_off(town: Town, *ports: int) -> None:
    assert town.ground.firewall is not None
    town.ground.firewall.cut_off(ports)
