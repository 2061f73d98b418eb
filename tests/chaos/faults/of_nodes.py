"""What happens to the nodes, and to the load balancer in front of them."""

from __future__ import annotations

import contextlib
import os
import signal

from tests.chaos.faults.spell import Spell
from tests.chaos.town import Town
from tests.parts.processes import Child, eventually, send

AN_HOUR = 3_600
STOP_SECONDS = 120


def kill_a_worker(town: Town, spell: Spell) -> None:
    """kill -9 of one worker; its node starts another."""
    os.kill(spell.dice.choice(sorted(spell.a_node(town).server.worker_pids)), signal.SIGKILL)
    spell.last(0.25)


def freeze_a_worker(town: Town, spell: Spell) -> None:
    """SIGSTOP of one worker; its gunicorn may lose patience and kill it."""
    pid = spell.dice.choice(sorted(spell.a_node(town).server.worker_pids))
    os.kill(pid, signal.SIGSTOP)
    spell.freeze()
    _go_on(pid)


def kill_flushers(town: Town, spell: Spell) -> None:
    """kill -9 of every worker of a node while SQL holds their transactions open."""
    node, sql = spell.a_node(town), town.sql.primary
    sql.pause()
    spell.last(0.25)
    for pid in node.server.worker_pids:
        os.kill(pid, signal.SIGKILL)
    sql.resume()


def freeze_flushers(town: Town, spell: Spell) -> None:
    """SIGSTOP of every worker of a node while SQL holds their transactions open, with the rows that they lock."""
    node, sql = spell.a_node(town), town.sql.primary
    sql.pause()
    spell.last(0.25)
    pids = node.server.worker_pids
    for pid in pids:
        # One that died of the fault before may be on its way out.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    sql.resume()
    spell.freeze()
    for pid in pids:
        _go_on(pid)


def kill_a_node(town: Town, spell: Spell) -> None:
    """kill -9 of a whole node."""
    spell.a_node(town).server.kill()
    spell.last()


def freeze_a_node(town: Town, spell: Spell) -> None:
    """SIGSTOP of every process of a node."""
    server = spell.a_node(town).server
    pids = [server.pid, *server.worker_pids]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    spell.freeze()
    for pid in reversed(pids):
        _go_on(pid)


def jump_a_clock(town: Town, spell: Spell) -> None:
    """The clock of one node is an hour ahead of the others for a while, or behind."""
    spell.a_node(town).clock.jump(spell.dice.choice((-AN_HOUR, AN_HOUR)))
    spell.last()


def restart_nodes_in_turn(town: Town, spell: Spell) -> None:
    """A rolling restart, as an upgrade does it: one node after the other."""
    for node in spell.dice.sample(town.nodes, len(town.nodes)):
        node.server.stop(seconds=STOP_SECONDS)
        node.server.start()


def restart_everything_in_turn(town: Town, spell: Spell) -> None:
    """A rolling restart of every process that there is, as a change of the system below does it."""
    restart_nodes_in_turn(town, spell)
    for redis in town.redis.children:
        eventually(lambda redis=redis: _ask_to_end(redis), seconds=STOP_SECONDS)
        town.redis.revive()
    for sql in town.sql.children:
        sql.stop()
        town.sql.revive()
    town.balancer.stop()
    town.balancer.start()


def kill_the_balancer(town: Town, spell: Spell) -> None:
    """kill -9 of the load balancer, and with it of every connection."""
    town.balancer.kill()
    spell.last(0.25)


def freeze_the_balancer(town: Town, spell: Spell) -> None:
    """SIGSTOP of the load balancer."""
    town.balancer.pause()
    spell.freeze()


def reload_the_balancer(town: Town, spell: Spell) -> None:
    """Another load balancer takes the place of the one that there is, as a rolling restart does it."""
    town.balancer.reload()
    spell.last(0.25)


def _ask_to_end(redis: Child) -> bool:
    # A Redis that was given everything anew writes its file first, and until that is done it takes no SIGTERM.
    send(redis.pid, signal.SIGTERM, group=False)
    return not redis.is_running


def _go_on(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
