"""What a sandboxed process may not do, set by the kernel: no network, no new file, little memory and processor time."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000
MOST_FILES = 200
"""Sources of one job."""

_DIE_WITH_PARENT, _DUMPABLE, _NO_NEW_PRIVILEGES = 1, 4, 38


def cut_network() -> bool:
    """Move this process into a network of its own without any address; tell whether the kernel permits it.

    Where it does not, `no_new_files` still keeps a worker from opening a socket.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    return any(libc.unshare(flags) == 0 for flags in (_NEW_USER | _NEW_NETWORK, _NEW_NETWORK))


def bind_process(memory: int, most_cpu: int) -> None:
    """Bind this process for good: ``memory`` bytes more than now, ``most_cpu`` seconds at the very most."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)
    held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (held + memory, held + memory))
    resource.setrlimit(resource.RLIMIT_CPU, (most_cpu, most_cpu))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    no_new_files()


def no_new_files() -> None:
    """Let nothing be opened any more: no file, no socket, no pipe; what is open already stays so."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def allow_cpu(seconds: int) -> None:
    """Let this process use so many seconds of the processor in all; the kernel ends it beyond (SIGXCPU)."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(seconds, most), most))
