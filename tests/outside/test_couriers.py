"""Bringing messages to real servers on loopback."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from claps.outside.couriers import Courier
from claps.plain.meters import meters
from claps.plain.webhook_limits import ANSWER_BYTES
from tests.parts.claps_server import ROOT
from tests.parts.receiver import LOOPBACK, Receiver, open_receiver

OWN = [ip_network(LOOPBACK)]
NAME = "hooks.test"
# In a process like a worker, whose sockets are gevent's: a receiver that says one letter after the other.
DRIP = """
import gevent.monkey; gevent.monkey.patch_all()
import sys, time
from ipaddress import ip_network
from claps.outside.couriers import Courier
began = time.monotonic()
answer = Courier([ip_network("127.0.0.0/8")], seconds=0.5).carry(sys.argv[1], "{}", {})
print(answer.status, answer.said, time.monotonic() - began < 5)
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for one name, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    kept = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*kept) + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Receiver]:
    """A receiver with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with open_receiver(context) as receiver:
        yield receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver without TLS."""
    with open_receiver() as receiver:
        yield receiver


def believing(certificate: Path) -> ssl.SSLContext:
    """What believes this certificate."""
    return ssl.create_default_context(cafile=str(certificate))


def test_a_message_is_brought_with_its_headers(receiver: Receiver) -> None:
    answer = Courier(OWN).carry(receiver.url, '{"a": "ä"}', {"webhook-id": "msg_1"})

    [arrived] = receiver.arrived
    assert answer.status == 204 and answer.is_taken
    assert (arrived.path, arrived.body, arrived.message) == ("/hook", '{"a": "ä"}', "msg_1")
    assert arrived.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert arrived.headers["user-agent"].startswith("Claps/")


def test_tries_are_counted_by_what_came_of_them(receiver: Receiver) -> None:
    before = Counter(meters.webhook_tries)

    Courier(OWN).carry(receiver.url, "{}", {})
    Courier(OWN).carry("http://127.0.0.1:1/hook", "{}", {})

    assert meters.webhook_tries - before == {"taken": 1, "unreached": 1}


def test_without_the_setting_loopback_is_never_connected_to(receiver: Receiver) -> None:
    courier = Courier(lookup=lambda host, port: ["127.0.0.1"])

    said = [courier.carry(url, "{}", {}).said for url in (receiver.url, f"https://rebound.test:{receiver.port}/")]

    assert receiver.arrived == []
    assert "private network" in said[1]


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_looked_at(
    secure: Receiver, certificate: Path
) -> None:
    asked: list[str] = []

    def lookup(host: str, port: int) -> list[str]:
        # As one who rebinds a name: the second answer would be another.
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    courier = Courier(OWN, lookup=lookup, context=believing(certificate))
    answer = courier.carry(f"https://{NAME}:{secure.port}/", "{}", {})

    assert (answer.status, asked) == (204, [NAME])
    assert secure.arrived[0].headers["host"] == f"{NAME}:{secure.port}"


def test_the_certificate_must_be_the_names_and_believed(secure: Receiver, certificate: Path) -> None:
    def ask(name: str, context: ssl.SSLContext | None) -> str:
        courier = Courier(OWN, lookup=lambda host, port: ["127.0.0.1"], context=context)
        return courier.carry(f"https://{name}:{secure.port}/", "{}", {}).said

    said = [ask("other.test", believing(certificate)), ask(NAME, None), ask("127.0.0.1", believing(certificate))]

    assert all("certificate is not good" in text for text in said)
    assert secure.arrived == []


def test_another_address_of_the_name_is_tried_when_one_cannot_be_reached(receiver: Receiver) -> None:
    courier = Courier(OWN, lookup=lambda host, port: ["127.0.0.9", "127.0.0.1"])

    assert courier.carry(f"http://two.test:{receiver.port}/", "{}", {}).status == 204
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert courier.carry(f"http://two.test:{port}/", "{}", {}).said == "It cannot be reached."


def test_a_redirect_is_an_answer_like_any_other(receiver: Receiver) -> None:
    receiver.refuse(307, Location=f"http://127.0.0.1:{receiver.port}/inside")

    answer = Courier(OWN).carry(receiver.url, "{}", {})

    assert (answer.status, answer.is_taken) == (307, False)
    assert [arrived.path for arrived in receiver.arrived] == ["/hook"]


def test_what_is_no_http_and_who_hangs_up_is_said(receiver: Receiver) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = threading.Thread(target=_say, args=(server, b"SSH-2.0-OpenSSH\r\n"))
        thread.start()
        answer = Courier(OWN).carry(f"http://127.0.0.1:{server.getsockname()[1]}/", "{}", {})
        thread.join()

    assert answer.status is None and "no HTTP" in answer.said


def test_of_an_endless_answer_a_little_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    # As if loopback were another one's: of what is inside nothing is shown.
    monkeypatch.setattr("claps.outside.couriers.is_public", lambda address: True)
    head = b"HTTP/1.1 500 No\r\nContent-Length: 100000000\r\n\r\n"
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = threading.Thread(target=_say, args=(server, head + b"\x00no " * ANSWER_BYTES))
        thread.start()
        answer = Courier(OWN).carry(f"http://127.0.0.1:{server.getsockname()[1]}/", "{}", {})
        thread.join()

    assert answer.status == 500
    assert answer.said.startswith(" no  no ") and len(answer.said) == 200


def test_who_says_one_letter_after_the_other_is_not_waited_for() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = threading.Thread(target=_drip, args=(server,))
        thread.start()
        command = [sys.executable, "-c", DRIP, f"http://127.0.0.1:{server.getsockname()[1]}/"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
        thread.join()

    assert done.stdout == "None It took more than 0.5 seconds. True\n", done.stderr


def _say(server: socket.socket, data: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)
        try:
            connection.sendall(data)
        except OSError:
            pass  # it has heard enough


def _drip(server: socket.socket) -> None:
    connection, _ = server.accept()
    gone = threading.Event()
    with connection:
        try:
            for letter in b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 10_000:
                connection.sendall(bytes([letter]))
                gone.wait(0.05)
        except OSError:
            pass  # it has waited long enough
