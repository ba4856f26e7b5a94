"""What Prometheus reads: requests by route, the store's counts, the round under way, the worker's last sign."""

import hmac
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from app.processes.workers_told import STATES, state_of
from app.web.asgi import App, Message, Receive, Scope, Send
from db.pool import counts
from db.pool.project import project_uuid
from db.rounds import rounds, workers
from db.store.session import Store

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
FRESH_S = 5.0
"""The store is counted once within this time, however many ask."""
_OTHER = "other"


class StoreFigures(Collector):
    """The store's counts, the active round and the worker, read when they are asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read_at, self._kept = 0.0, list[GaugeMetricFamily]()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures; those of a moment ago where that was less than FRESH_S."""
        if not self._kept or time.monotonic() - self._read_at > FRESH_S:
            self._kept, self._read_at = list(self._read()), time.monotonic()
        yield from self._kept

    def _read(self) -> Iterator[GaugeMetricFamily]:
        with self._store.reading() as tx:
            found = counts.count(tx) if project_uuid(tx) is not None else None
            active, seen, everybody = rounds.active(tx), workers.latest(tx), workers.everybody(tx)
        persons = GaugeMetricFamily("sspcm_persons", "Persons of the pool by state.", labels=["state"])
        images = GaugeMetricFamily("sspcm_images", "Images by state.", labels=["state"])
        if found is not None:
            for state in ("open", "accepted", "skipped", "not_a_person"):
                persons.add_metric([state], getattr(found, f"persons_{state}"))
            images.add_metric(["open"], found.images_open)
            images.add_metric(["closed"], found.images - found.images_open)
        yield from (persons, images)
        running = GaugeMetricFamily("sspcm_round_active", "1 while a round is not over.", labels=["number", "stage"])
        steps = GaugeMetricFamily("sspcm_round_steps", "Steps of the round's stage.", labels=["number", "which"])
        if active is not None:
            running.add_metric([str(active.number), active.stage], 1)
            for which, key in (("done", "step"), ("all", "steps")):
                if key in active.progress:
                    steps.add_metric([str(active.number), which], float(active.progress[key]))
        yield from (running, steps)
        sign = GaugeMetricFamily("sspcm_worker_seen_seconds", "Since the worker's last sign of life.")
        if seen is not None:
            sign.add_metric([], seen.seconds)
        yield sign
        stand = GaugeMetricFamily("sspcm_workers", "Workers heard of within a week, by state.", labels=["state"])
        for state in STATES:
            stand.add_metric([state], sum(state_of(one) == state for one in everybody))
        yield stand


class Metrics:
    """A registry of this server's own."""

    def __init__(self, store: Store) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(StoreFigures(store))
        self._requests = Histogram(
            "sspcm_request_seconds", "Requests by route.", ["method", "route", "status"],
            buckets=BUCKETS, registry=self._registry,
        )  # fmt: skip

    def answer(self, token: str, authorization: str) -> Response:
        """The figures to who names the token as a bearer; 401 to anybody else."""
        if not hmac.compare_digest(f"Bearer {token}".encode(), authorization.encode("utf-8", "replace")):
            words = "found no right token; wanted 'Authorization: Bearer' and SSPCM_METRICS_TOKEN."
            return PlainTextResponse(words, 401, headers={"www-authenticate": "Bearer"})
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    def note(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request. route: as the application has it, no address: addresses would be without number."""
        self._requests.labels(method, route or _OTHER, str(status)).observe(seconds)


class Measured:
    """Notes how long each request took."""

    def __init__(self, app: App, *, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, and look at the clock before and after."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", None)
            self._metrics.note(str(scope["method"]), route, status, time.perf_counter() - began)
