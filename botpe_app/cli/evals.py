"""`botpe evals`: the agents' golden cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from botpe_app.cli.common import data_dir_option, json_option
from botpe_app.errors import Invalid

if TYPE_CHECKING:
    from botpe_app.services.evals import Result

FAILED = 1


@click.command()
@click.option("--agent", help="One agent's cases only.")
@click.option(
    "--scores",
    "kept",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where scores are kept; in the data dir unless given.",
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Scores that must be reached; those of the repository unless given.",
)
@click.option("--record", is_flag=True, help="Write scores that are better into the baseline.")
@data_dir_option
@json_option
@click.pass_context
def evals(
    context: click.Context,
    *,
    agent: str | None,
    kept: Path | None,
    baseline: Path | None,
    record: bool,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Put the agents' golden cases to the configured model; exit 1 if one does worse than before.

    Scores are kept by prompt version and model, and compared with the baseline of the repository
    too. Without ANTHROPIC_API_KEY our own best is judged.
    """
    from botpe_app.embedded.attach import services
    from botpe_app.services import evals as golden

    if agent is not None and agent not in golden.AGENTS:
        raise Invalid(f"There is no agent {agent}; there are {', '.join(golden.AGENTS)}.")
    kept, baseline = kept or data_dir / "evals.json", baseline or golden.BASELINE
    mine, ours = _read(kept), _read(baseline)
    results: list[Result] = []
    with services(data_dir):
        for one in golden.run(agent):
            results.append(one)
            if not as_json:
                state = "FAILED" if one.problem else "ok    "
                click.echo(f"{state}  {one.agent}  {one.text}  {one.problem}".rstrip())
    now = golden.scores(results)
    regressions = golden.worse(now, golden.best(mine, ours))
    _write(kept, golden.best(mine, now))
    if record:
        _write(baseline, golden.best(ours, now))
    _tell(results, now, regressions, as_json=as_json)
    if regressions:
        context.exit(FAILED)


def _tell(
    results: list[Result], now: dict[str, float], regressions: list[str], *, as_json: bool
) -> None:
    if as_json:
        failed = [
            {"agent": one.agent, "text": one.text, "problem": one.problem}
            for one in results
            if one.problem
        ]
        document = {"scores": now, "regressions": regressions, "failed": failed}
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for name, score in now.items():
        click.echo(f"{score:6.0%}  {name}")
    for told in regressions:
        click.echo(f"worse than before: {told}")


def _write(kept: Path, scores: dict[str, float]) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


def _read(kept: Path) -> dict[str, float]:
    """The best scores so far. Raises Invalid for a file that is something else."""
    if not kept.exists():
        return {}
    try:
        held = json.loads(kept.read_text("utf-8"))
        return {str(name): float(score) for name, score in held.items()}
    except (ValueError, TypeError, AttributeError, OSError):
        raise Invalid(f"{kept} holds no scores; move it away.") from None


COMMANDS = (evals,)
