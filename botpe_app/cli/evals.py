"""`botpe evals`: the agents' golden cases."""

from __future__ import annotations

import json
from pathlib import Path

import click

from botpe_app.cli.common import data_dir_option, json_option
from botpe_app.errors import Invalid

FAILED = 1


@click.command()
@click.option("--agent", help="One agent's cases only.")
@click.option(
    "--scores",
    "kept",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where scores are kept; in the data dir unless given.",
)
@data_dir_option
@json_option
@click.pass_context
def evals(
    context: click.Context, agent: str | None, kept: Path | None, data_dir: Path, as_json: bool
) -> None:
    """Put the agents' golden cases to the configured model; exit 1 if one does worse than before.

    Scores are kept by prompt version and model. Without ANTHROPIC_API_KEY our own best is judged.
    """
    from botpe_app.embedded.attach import services
    from botpe_app.services import evals as golden

    if agent is not None and agent not in golden.AGENTS:
        raise Invalid(f"There is no agent {agent}; there are {', '.join(golden.AGENTS)}.")
    kept = kept or data_dir / "evals.json"
    results: list[golden.Result] = []
    with services(data_dir):
        for one in golden.run(agent):
            results.append(one)
            if not as_json:
                state = "FAILED" if one.problem else "ok    "
                click.echo(f"{state}  {one.agent}  {one.text}  {one.problem}".rstrip())
    before = _read(kept)
    now = golden.scores(results)
    regressions = golden.worse(now, before)
    best = {name: max(score, before.get(name, 0.0)) for name, score in now.items()}
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({**before, **best}, indent=1) + "\n", encoding="utf-8")
    if as_json:
        failed = [
            {"agent": one.agent, "text": one.text, "problem": one.problem}
            for one in results
            if one.problem
        ]
        document = {"scores": now, "regressions": regressions, "failed": failed}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        for name, score in now.items():
            click.echo(f"{score:6.0%}  {name}")
        for told in regressions:
            click.echo(f"worse than before: {told}")
    if regressions:
        context.exit(FAILED)


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
