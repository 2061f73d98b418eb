"""What happens on the way between one node and SQL or Redis, while the other node has a good one."""

from __future__ import annotations

from tests.chaos.faults.spell import Spell
from tests.chaos.town import Node, Town
from tests.parts.network_path import NetworkPath
from tests.parts.own_network import EVERYBODY

DELAY_SECONDS = {"SQL": 0.5, "Redis": 0.2}
LOST_PERCENT = 20


def cut_the_way_to_sql(town: Town, spell: Spell) -> None:
    """One node is refused by SQL, or hears nothing of it."""
    _cut(spell.a_node(town).to_sql, spell)


def slow_the_way_to_sql(town: Town, spell: Spell) -> None:
    """SQL answers one node late."""
    spell.a_node(town).to_sql.delay(DELAY_SECONDS["SQL"])
    spell.last()


def lose_packets_to_sql(town: Town, spell: Spell) -> None:
    """A fifth of the packets between one node and SQL is lost."""
    _lose(town, spell.a_node(town).to_sql, spell)


def drop_all_packets_to_sql(town: Town, spell: Spell) -> None:
    """No packet passes between one node and SQL."""
    _drop(town, spell.a_node(town).to_sql, spell)


def cut_the_way_to_redis(town: Town, spell: Spell) -> None:
    """One node is refused by Redis, or hears nothing of it."""
    _cut(_to_redis(town, spell), spell)


def slow_the_way_to_redis(town: Town, spell: Spell) -> None:
    """Redis answers one node late."""
    _to_redis(town, spell).delay(DELAY_SECONDS["Redis"])
    spell.last()


def lose_packets_to_redis(town: Town, spell: Spell) -> None:
    """A fifth of the packets between one node and Redis, with its Sentinels or all of its cluster, is lost."""
    assert town.ground.firewall is not None
    ports, whose = _ends(town, spell.a_node(town))
    town.ground.firewall.lose(ports, percent=LOST_PERCENT, whose=whose)
    spell.last()


def drop_all_packets_to_redis(town: Town, spell: Spell) -> None:
    """No packet passes between one node and Redis, with its Sentinels or all of its cluster."""
    assert town.ground.firewall is not None
    ports, whose = _ends(town, spell.a_node(town))
    town.ground.firewall.cut_off(ports, whose=whose)
    spell.last()


def _ends(town: Town, node: Node) -> tuple[list[int], str]:
    """The ports that are Redis for a node, and where it comes from."""
    if node.to_redis is not None:
        return [node.to_redis.port], EVERYBODY
    return [child.port for child in town.redis.children], node.own.address


def _to_redis(town: Town, spell: Spell) -> NetworkPath:
    way = spell.a_node(town).to_redis
    assert way is not None
    return way


def _cut(way: NetworkPath, spell: Spell) -> None:
    spell.dice.choice((way.cut, way.fall_silent))()
    spell.last()


def _lose(town: Town, way: NetworkPath, spell: Spell) -> None:
    assert town.ground.firewall is not None
    town.ground.firewall.lose([way.port], percent=LOST_PERCENT)
    spell.last()


def _drop(town: Town, way: NetworkPath, spell: Spell) -> None:
    assert town.ground.firewall is not None
    town.ground.firewall.cut_off([way.port])
    spell.last()
