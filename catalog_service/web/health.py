"""For operators: is it alive, can it serve, how is it doing (Prometheus text format 0.0.4)."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Response

from catalog_service.errors import CatalogError
from catalog_service.web.routes import Route

if TYPE_CHECKING:
    from catalog_service.web.site import Site

log = logging.getLogger(__name__)

BUCKETS = (0.005, 0.015, 0.06, 0.2, 1.0, 5.0)


@dataclass(slots=True)
class Metrics:
    """Counts of this process; several workers each count their own."""

    started: float = field(default_factory=time.time)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _requests: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    _seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _buckets: dict[tuple[str, float], int] = field(default_factory=lambda: defaultdict(int))

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        with self._lock:
            self._requests[route, status] += 1
            self._seconds[route] += seconds
            for bound in BUCKETS:
                if seconds <= bound:
                    self._buckets[route, bound] += 1

    def lines(self) -> list[str]:
        """Return the counts in Prometheus' text format."""
        with self._lock:
            requests, seconds, buckets = dict(self._requests), dict(self._seconds), dict(self._buckets)
        lines = ["# HELP kebao_requests_total Requests answered.", "# TYPE kebao_requests_total counter"]
        lines += [
            f'kebao_requests_total{{route="{route}",status="{status}"}} {count}'
            for (route, status), count in sorted(requests.items())
        ]
        lines += ["# HELP kebao_request_seconds Time to answer.", "# TYPE kebao_request_seconds histogram"]
        for route in sorted(seconds):
            total = sum(count for (name, _), count in requests.items() if name == route)
            lines += [
                f'kebao_request_seconds_bucket{{route="{route}",le="{bound}"}} {buckets.get((route, bound), 0)}'
                for bound in BUCKETS
            ]
            lines.append(f'kebao_request_seconds_bucket{{route="{route}",le="+Inf"}} {total}')
            lines.append(f'kebao_request_seconds_sum{{route="{route}"}} {seconds[route]:.6f}')
            lines.append(f'kebao_request_seconds_count{{route="{route}"}} {total}')
        lines += ["# TYPE kebao_started_seconds gauge", f"kebao_started_seconds {self.started:.0f}"]
        return lines


def routes(site: Site, metrics: Metrics) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    return (
        Route("GET", "/health/live", lambda: site.json({"status": "alive"}), "Whether the process answers"),
        Route("GET", "/health/ready", lambda: ready(site), "Whether store and index answer"),
        Route(
            "GET",
            "/metrics",
            lambda: measured(site, metrics),
            "Counts and times for monitoring",
            media_types=("text/plain",),
        ),
    )


def ready(site: Site) -> Response:
    """Tell whether store and index answer: 200, or 503 with what does not."""
    problems: dict[str, str] = {}
    seq = position = 0
    try:
        seq = site.catalogue.store.last_seq()
    except (CatalogError, OSError) as error:
        problems["store"] = str(error)
    try:
        position = site.catalogue.index.position()
        if trouble := site.catalogue.index.trouble:
            problems["index"] = trouble
    except (CatalogError, OSError) as error:
        problems["index"] = str(error)
    body = {"status": "unready" if problems else "ready", "seq": seq, "index": position, "lag": max(seq - position, 0)}
    return site.json(body | ({"problems": problems} if problems else {}), 503 if problems else 200)


def measured(site: Site, metrics: Metrics) -> Response:
    """Return the figures of this process and of the catalogue."""
    lines = metrics.lines()
    gauges = _figures(site)
    memory = _resident()
    for name in ("kebao_store_up", "kebao_index_up", "kebao_log_seq", "kebao_index_position", "kebao_index_lag"):
        lines += [f"# TYPE {name} gauge", f"{name} {gauges[name]}"] if name in gauges else []
    records = [f"{each} {value}" for each, value in gauges.items() if each.startswith("kebao_records{")]
    lines += ["# TYPE kebao_records gauge", *records] if records else []
    if memory is not None:
        lines += ["# TYPE process_resident_memory_bytes gauge", f"process_resident_memory_bytes {memory}"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _figures(site: Site) -> dict[str, int]:
    """Return what can be told of store and index; what does not answer has no figures, and is said to be down."""
    gauges = {"kebao_store_up": 0, "kebao_index_up": 0}
    catalogue = site.catalogue
    try:
        seq = catalogue.store.last_seq()
        for kind in catalogue.profile.kinds:
            gauges[f'kebao_records{{kind="{kind}"}}'] = catalogue.store.count(kind=kind, live=True)
        gauges |= {"kebao_store_up": 1, "kebao_log_seq": seq}
    except (CatalogError, OSError) as error:
        log.warning("the store cannot be measured: %s", error)
    try:
        position = catalogue.index.position()
        gauges |= {"kebao_index_up": int(not catalogue.index.trouble), "kebao_index_position": position}
    except (CatalogError, OSError) as error:
        log.warning("the index cannot be measured: %s", error)
    if {"kebao_log_seq", "kebao_index_position"} <= gauges.keys():
        gauges["kebao_index_lag"] = max(gauges["kebao_log_seq"] - gauges["kebao_index_position"], 0)
    return gauges


def _resident() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096
    except OSError:
        return None
