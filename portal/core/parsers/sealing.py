"""Takes from this process what a parser does not need: memory, time, files, programs, the network.

Limits hold on every Unix. On Linux the kernel refuses, besides, every call that opens, starts or
connects something (seccomp), so that a parser taken over by a file finds nothing to read or to
write but its pipe. Where the kernel has no such filter, an audit hook refuses it to Python code.
"""

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any

MEMORY = 512 * 1024 * 1024
SECONDS = 10
OPEN_FILES = 64
# In what the system counts memory.
_UNIT = 1 if sys.platform == "darwin" else 1024
_ERROR, _ALLOW, _EPERM = 0x00050000, 0x7FFF0000, 1
_LOAD, _EQUALS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
# From here on x86 numbers the calls of its third interface (x32).
_OTHER_NUMBERING = 0x40000000
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_WORD_OF_CALL, _WORD_OF_MACHINE = 0, 4
# Per machine: the kernel's name for it, and the numbers of open, openat, openat2, creat,
# open_by_handle_at, socket, socketpair, connect, bind, listen, accept, sendto, sendmsg, fork,
# vfork, clone, clone3, execve, execveat, kill, tkill, tgkill, ptrace, process_vm_readv/writev,
# unlink, rename, link, symlink, mkdir, rmdir, chmod, chown and their `at` forms, mount, chroot,
# bpf, io_uring, userfaultfd, memfd_create.
_MACHINES: dict[str, tuple[int, str]] = {
    "x86_64": (
        0xC000003E,
        "2 257 437 85 304 41 53 42 49 50 43 288 44 46 57 58 56 435 59 322 62 200 234 101 310 311"
        " 87 263 82 264 316 86 265 88 266 83 258 84 90 268 92 260 165 161 321 425 426 427 323 319",
    ),
    "aarch64": (
        0xC00000B7,
        "56 437 265 198 199 203 200 201 202 242 206 211 220 435 221 281 129 130 131 117 270 271"
        " 35 38 276 37 36 34 53 54 40 51 280 425 426 427 282 279",
    ),
}
_HOOKED = ("open", "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")


def limit() -> None:
    """Bound memory, time and files. Called before anything is loaded."""
    for kind, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_AS, MEMORY),
    ):
        _lower(kind, most)


def _lower(kind: int, most: int) -> None:
    """No more than that, or than the operator allows. Some systems know no bound of memory."""
    _, allowed = resource.getrlimit(kind)
    least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
    try:
        resource.setrlimit(kind, (least, least))
    except (ValueError, OSError):
        if sys.platform == "linux":
            raise


def peak() -> Callable[[], int]:
    """A measure of the most memory that this process has held, in bytes, which goes on telling
    when nothing can be opened any more."""
    try:
        status = os.open("/proc/self/status", os.O_RDONLY)
    except OSError:
        return lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
    return lambda: int(os.pread(status, 8192, 0).split(b"VmHWM:")[1].split()[0]) * 1024


def seal() -> str:
    """Refuse everything but reading, writing and memory, for good. Called when all is loaded.
    Returns by what: seccomp or hook."""
    _lower(resource.RLIMIT_NPROC, 0)
    if sys.platform == "linux" and _filtered():
        return "seccomp"
    sys.addaudithook(_refuse)
    return "hook"


def _refuse(event: str, _arguments: Any) -> None:
    if event.startswith(_HOOKED):
        raise PermissionError(event)


def _filtered() -> bool:
    known = _MACHINES.get(os.uname().machine)
    if known is None:
        return False
    code = _program(known[0], [int(number) for number in known[1].split()])
    memory = ctypes.create_string_buffer(code)
    program = _Program(len(code) // 8, ctypes.addressof(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    done = (
        libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0),
        libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0),
    )
    return done == (0, 0)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def _program(machine: int, calls: Sequence[int]) -> bytes:
    """A filter: calls of another machine's numbering and those listed are refused."""
    count = len(calls)
    lines = [
        (_LOAD, 0, 0, _WORD_OF_MACHINE),
        (_EQUALS, 0, count + 3, machine),
        (_LOAD, 0, 0, _WORD_OF_CALL),
        (_AT_LEAST, count + 1, 0, _OTHER_NUMBERING),
        *((_EQUALS, count - place, 0, call) for place, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | _EPERM),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
