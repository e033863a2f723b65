"""Figures of the whole installation for whoever keeps it running, as Prometheus reads them.

Read from the database when they're asked for, so that they're the same whichever of several web servers answers.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, F, Min
from django_scopes import scopes_disabled
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dialoog.channels.models import Channel
from dialoog.core.clock import now as read_clock
from dialoog.core.models import Heartbeat, Job
from dialoog.publishing.models import Delivery

ALIVE: Final = timedelta(seconds=30)
# A person must have seen what is in doubt within this time (docs/delivery.md).
DOUBT: Final = timedelta(minutes=15)
LATE: Final = timedelta(seconds=10)
LATELY: Final = timedelta(hours=1)
# So many deliveries are looked at for the lateness of the last hour.
SAMPLE: Final = 5000


def text() -> bytes:
    """Return all figures in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(_Figures())
    return generate_latest(registry)


class _Figures(Collector):
    def collect(self) -> Iterable[Metric]:
        now = read_clock()
        with scopes_disabled():
            yield from _work(now)
            yield from _deliveries(now)
            yield _by("dialoog_channels", "Channels by state", "state", _counted(Channel, "state"))

    def describe(self) -> Iterable[Metric]:
        """Name nothing before it's asked for: the database needn't be there yet."""
        return ()


def workers_alive(now: datetime) -> int:
    """Return how many workers said within half a minute that they run."""
    return Heartbeat.objects.filter(at__gte=now - ALIVE).count()


def _work(now: datetime) -> Iterator[Metric]:
    yield GaugeMetricFamily("dialoog_workers", "Workers that run", value=workers_alive(now))
    yield _by("dialoog_jobs", "Jobs by state", "state", _counted(Job, "state"))
    oldest = Job.objects.filter(state="waiting", due_at__lte=now).aggregate(oldest=Min("due_at"))["oldest"]
    waited = (now - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily(
        "dialoog_oldest_job_seconds", "How long the oldest due job has waited", value=waited
    )


def _deliveries(now: datetime) -> Iterator[Metric]:
    yield _by("dialoog_deliveries", "Deliveries by state", "state", _counted(Delivery, "state"))
    late = Delivery.objects.filter(state="scheduled", due_at__lt=now - LATE).count()
    yield GaugeMetricFamily("dialoog_deliveries_late", "Deliveries ten seconds past their moment", value=late)
    doubtful = Delivery.objects.filter(state="unknown", sending_at__lt=now - DOUBT)
    unseen = doubtful.exclude(reason_code="person_decides").count()
    yield GaugeMetricFamily(
        "dialoog_deliveries_in_doubt",
        "Deliveries in doubt for over 15 minutes and not yet before a person",
        value=unseen,
    )
    shown = GaugeMetricFamily(
        "dialoog_delivery_lateness_seconds",
        "Lateness of what was published in the last hour",
        labels=["quantile"],
    )
    found = _lateness(now)
    for quantile in (0.5, 0.99) if found else ():
        shown.add_metric([str(quantile)], found[int(quantile * (len(found) - 1))])
    yield shown


def _lateness(now: datetime) -> list[float]:
    lately = Delivery.objects.filter(
        state="published", published_at__gte=now - LATELY, wanted_at__isnull=True
    )
    taken = lately.order_by("-published_at").annotate(late=F("published_at") - F("due_at"))
    return sorted(late.total_seconds() for late in taken.values_list("late", flat=True)[:SAMPLE])


def _counted(model: type[Channel] | type[Delivery] | type[Job], field: str) -> dict[str, int]:
    rows = model._base_manager.order_by().values_list(field).annotate(n=Count("pk"))  # noqa: SLF001 - of all organisations
    return dict(rows)


def _by(name: str, words: str, label: str, counts: dict[str, int]) -> Metric:
    shown = GaugeMetricFamily(name, words, labels=[label])
    for value, count in sorted(counts.items()):
        shown.add_metric([value], count)
    return shown
