"""GET /metrics: counts in Prometheus' text format, the same whichever process is asked."""

from __future__ import annotations

import hmac

from sqlalchemy.exc import OperationalError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from botpe_app.config import settings
from botpe_app.db import act_as_system, transaction
from botpe_app.services import gauges
from botpe_app.web.api.errors import envelope

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def metrics(request: Request) -> Response:
    """All metrics. With BOTPE_METRICS_TOKEN set, only for who sends it as a bearer token.

    While counting is quick the counts are of this moment. On large tables they are those of the
    scrape before (`botpe_counts_age_seconds`), and new ones are taken once this one is answered.
    """
    wanted = settings().metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if wanted and not hmac.compare_digest(wanted.encode(), given.encode()):
        message = "Send `Authorization: Bearer` with BOTPE_METRICS_TOKEN."
        return envelope(401, "unauthorized", message, headers={"WWW-Authenticate": "Bearer"})
    kept = await run_in_threadpool(gauges.kept_counts)
    try:
        page = await run_in_threadpool(_page, kept)
    except OperationalError:
        return envelope(503, "unavailable", "The database does not answer.")
    later = BackgroundTask(_count) if kept and kept.due else None
    return PlainTextResponse(page, media_type=_CONTENT_TYPE, background=later)


def _page(kept: gauges.Counts | None) -> str:
    with transaction() as session:
        act_as_system(session)
        known = kept or gauges.counts(session)
        return "".join(_block(metric) for metric in gauges.read(session, known))


def _count() -> None:
    with transaction() as session:
        act_as_system(session)
        gauges.counts(session)


def _block(metric: gauges.Metric) -> str:
    head = f"# HELP {metric.name} {metric.help}\n# TYPE {metric.name} {metric.kind}\n"
    return head + "".join(f"{_line(metric.name, sample)}\n" for sample in metric.samples)


def _line(name: str, sample: gauges.Sample) -> str:
    labels = ",".join(f'{key}="{value}"' for key, value in sample.labels.items())
    braced = f"{{{labels}}}" if labels else ""
    value = "NaN" if sample.value != sample.value else f"{sample.value:.15g}"
    return f"{name}{sample.suffix}{braced} {value}"


ROUTES = (Route("/metrics", metrics),)
