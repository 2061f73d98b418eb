"""A socket is taken away from its request."""

from __future__ import annotations

import os
import socket

import pytest

from claps.live.take_over import take_over


def test_the_connection_lives_on_when_the_request_closes_its_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as peer:
        sock, _ = listener.accept()
        fd = take_over(sock)
        sock.close()

        os.write(fd, b"still here")

        assert peer.recv(64) == b"still here"
        assert not os.get_blocking(fd)
        os.close(fd)
        assert peer.recv(64) == b""


def test_its_buffer_is_small_and_a_vanished_peer_is_given_up_in_a_minute() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        sock, _ = listener.accept()
        with sock, socket.socket(fileno=take_over(sock)) as taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert taken.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 128 * 1024


def test_a_unix_socket_behind_a_proxy_is_taken_as_well() -> None:
    ours, peer = socket.socketpair()
    with ours, peer:
        fd = take_over(ours)

        os.write(fd, b"hello")

        assert peer.recv(64) == b"hello"
        os.close(fd)


def test_a_socket_that_is_closed_cannot_be_taken() -> None:
    sock = socket.socket()
    sock.close()

    with pytest.raises(OSError):
        take_over(sock)
