"""Many small writes in one system call, where the kernel has io_uring (Linux 6.1 and newer, and allowed)."""

from __future__ import annotations

import ctypes
import errno
import logging
import mmap
import os
import struct
import weakref
from array import array
from typing import Any

log = logging.getLogger(__name__)

WRITES_PER_CALL = 128
FRAME_BYTES = 16 * 1024
# Numbers of system calls, the same on all that Python runs on but Alpha; linux/io_uring.h has the others.
_SETUP, _ENTER = 425, 426
_CQSIZE, _SUBMIT_ALL, _SINGLE_ISSUER, _DEFER_TASKRUN = 1 << 3, 1 << 7, 1 << 12, 1 << 13
_ENTER_GETEVENTS = 1
_FEAT_SINGLE_MMAP = 1
_OFFSET_OF_ENTRIES = 0x10000000
_OP_SEND = 26
_SKIP_SUCCESS = 1 << 6
_MSG_DONTWAIT, _MSG_WAITALL, _MSG_NOSIGNAL = 0x40, 0x100, 0x4000
_PARAMS_BYTES, _ENTRY_BYTES, _OUTCOME_BYTES = 120, 64, 16
_ENTRY = struct.Struct("=BBHiQQIIQ")  # opcode, flags, priority, file, offset, address, length, flags, our number
_OUTCOME = struct.Struct("=QiI")  # our number, what send() returned, flags


class RingBroken(OSError):
    """Nothing more can be sent with this ring; ``done`` tells how many of the last call it had begun with."""

    def __init__(self, number: int, done: int) -> None:
        super().__init__(number, os.strerror(number))
        self.done = done


class Ring:
    """Sends one frame to many non-blocking sockets.

    The kernel does what it is asked within the call and waits for no socket, so nothing is ever under way
    between two calls. Only the main thread may use it, and only in the process that made it.

    :raises RingBroken: this kernel has none, or does not let us.
    """

    def __init__(self) -> None:
        self._syscall: Any = ctypes.CDLL(None, use_errno=True).syscall
        params = bytearray(_PARAMS_BYTES)
        flags = _CQSIZE | _SUBMIT_ALL | _SINGLE_ISSUER | _DEFER_TASKRUN
        struct.pack_into("=3I", params, 0, 0, 2 * WRITES_PER_CALL, flags)
        address = (ctypes.c_char * _PARAMS_BYTES).from_buffer(params)
        self._fd = self._call(_SETUP, WRITES_PER_CALL, address)
        # Not when the process ends: it still says good-bye to its readers then.
        weakref.finalize(self, os.close, self._fd).atexit = False
        entries, outcomes, _, _, _, features, _ = struct.unpack_from("=7I", params)
        if not features & _FEAT_SINGLE_MMAP:
            raise RingBroken(errno.ENOSYS, 0)
        queue = struct.unpack_from("=8I", params, 40)
        done = struct.unpack_from("=8I", params, 80)
        self._shared = mmap.mmap(self._fd, max(queue[6] + 4 * entries, done[5] + _OUTCOME_BYTES * outcomes))
        self._entries = mmap.mmap(self._fd, _ENTRY_BYTES * entries, offset=_OFFSET_OF_ENTRIES)
        self._numbers = memoryview(self._shared).cast("I")
        self._tail, self._done_head, self._done_tail = queue[1] // 4, done[0] // 4, done[1] // 4
        self._done_at, self._done_mask = done[5], outcomes - 1
        self._prepare(queue[6] // 4)

    def _prepare(self, order: int) -> None:
        # All entries are made once: what changes is the file, and the length where a frame has another one.
        self._frame = ctypes.create_string_buffer(FRAME_BYTES)
        self._frame_bytes = memoryview(self._frame).cast("B")
        self._size = 0
        address, flags = ctypes.addressof(self._frame), _MSG_DONTWAIT | _MSG_WAITALL | _MSG_NOSIGNAL
        for index in range(WRITES_PER_CALL):
            entry = (_OP_SEND, _SKIP_SUCCESS, 0, -1, 0, address, 0, flags, index)
            _ENTRY.pack_into(self._entries, index * _ENTRY_BYTES, *entry)
            self._numbers[order + index] = index
        words = memoryview(self._entries).cast("i")
        self._files, self._lengths = words[1::16], words[6::16]

    def send(self, files: list[int], data: bytes) -> list[tuple[int, int]]:
        """Send ``data`` to each of at most 128 files.

        :return: for each to which it was not sent whole its index in ``files``, and how many bytes were sent, or
            the error's number below zero.
        :raises RingBroken: nothing more can be sent with this ring.
        """
        count, size = len(files), len(data)
        if size != self._size:
            self._lengths[:] = memoryview(array("i", [size]) * WRITES_PER_CALL)
            self._size = size
        self._frame_bytes[:size] = data
        tail = self._numbers[self._tail]
        begin = tail % WRITES_PER_CALL
        before_end = min(count, WRITES_PER_CALL - begin)
        numbers = memoryview(array("i", files))
        self._files[begin : begin + before_end] = numbers[:before_end]
        self._files[: count - before_end] = numbers[before_end:]
        self._numbers[self._tail] = (tail + count) & 0xFFFFFFFF
        done = self._call(_ENTER, self._fd, count, 0, _ENTER_GETEVENTS, None, 0)
        if done != count:
            raise RingBroken(errno.EAGAIN, done)
        head, end = self._numbers[self._done_head], self._numbers[self._done_tail]
        if head == end:
            return []
        return self._outcomes(head, end, begin)

    def _outcomes(self, head: int, end: int, begin: int) -> list[tuple[int, int]]:
        found = []
        while head != end:
            place = self._done_at + (head & self._done_mask) * _OUTCOME_BYTES
            index, result, _ = _OUTCOME.unpack_from(self._shared, place)
            found.append(((index - begin) % WRITES_PER_CALL, result))
            head = (head + 1) & 0xFFFFFFFF
        self._numbers[self._done_head] = head
        return found

    def _call(self, number: int, *arguments: Any) -> int:
        result = int(self._syscall(number, *arguments))
        if result < 0:
            raise RingBroken(ctypes.get_errno(), 0)
        return result


def open_ring() -> Ring | None:
    """Make a ring, or None where there is none to be had: everybody is written to one by one then."""
    try:
        return Ring()
    except (OSError, AttributeError, TypeError) as error:
        log.info("no io_uring, so each write is a system call: %s", error)
        return None
