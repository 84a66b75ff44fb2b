"""An idle web worker's memory, the second start of a catalogue, and ``kebao --help``, beside bare Python."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.serving import children, filled_home, free_port, serving, wait_until_up


def run(scale: float = 1.0) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        home = filled_home(Path(folder), int(1_000 * scale))
        print("| what | figure | beside |")
        print("|---|---|---|")
        with serving(home) as port:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20).read()
            print(f"| idle web worker | {_largest_child():,.0f} MB | bare Python {_bare_memory():,.0f} MB |")
        print(f"| serving, second start | {_start(home):.2f} s | |")
    bare = _median([sys.executable, "-c", "pass"])
    asked = _median([sys.executable, "-m", "catalog_service", "--help"])
    print(f"| kebao --help | {asked - bare:.3f} s above bare Python | bare Python {bare:.3f} s |", flush=True)


def _largest_child() -> float:
    """Return the largest resident memory of a process of the server, MB."""
    return max(int(fields[21]) for fields in children().values()) * os.sysconf("SC_PAGE_SIZE") / 1_048_576


def _bare_memory() -> float:
    program = "print(next(line for line in open('/proc/self/status') if line.startswith('VmRSS')).split()[1])"
    return (
        1
        / 1024
        * float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)
    )


def _start(home: Path) -> float:
    port = free_port()
    started = time.perf_counter()
    command = [sys.executable, "-m", "catalog_service", "--home", str(home), "run", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        wait_until_up(f"http://127.0.0.1:{port}/")
        seconds = time.perf_counter() - started
        process.terminate()
        process.wait(20)
    return seconds


def _median(command: list[str]) -> float:
    times = []
    for _ in range(7):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times)
