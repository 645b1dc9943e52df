"""The command line: ``nuantong``.

Commands live in ``service.commands``, one file each, and import the engines only when they
run, so that ``nuantong --help`` answers at once. Exit codes are those of ``service.errors``:
0 done; 3 done, and a person must look (an ERROR finding, a row held back, a township missing, a
child left over, a pair that waits for a fact).
"""

import sys
from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import TyperException

from casework.errors import CaseworkError
from service.commands import (
    audit,
    basis,
    check,
    declare,
    demo,
    few_changes,
    grant,
    keys,
    ledger,
    on_record,
    pair,
    pairing_record,
    person,
    proposal,
    record,
    rounds,
    sample,
    serve,
    use,
    use_plans,
    user,
    worker,
)
from service.commands.usage import tell_usage
from service.errors import DONE, FAULT, answer_for, from_system, record_incident
from service.settings import Settings

app = typer.Typer(
    name="nuantong",
    help="暖童：困境儿童结对工作台 / pairing children in difficulty with caregivers nearby.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("sample")(sample.write)
app.add_typer(ledger.app, name="ledger")
app.command("check")(check.check)
app.command("pair")(pair.pair)
app.command("curve")(few_changes.curve)
for question in (
    use.explain,
    use.rank,
    use_plans.recruit,
    use_plans.handover,
    use_plans.whatif,
):
    app.command(question.__name__)(question)
app.add_typer(declare.app, name="declare")
app.add_typer(on_record.roster_app, name="roster")
app.add_typer(on_record.tasks_app, name="tasks")
app.add_typer(user.app, name="user")
app.add_typer(proposal.app, name="proposal")
app.add_typer(pairing_record.app, name="pairing")
for care in (record.init, record.migrate, record.doctor, record.backup, record.restore):
    app.command(care.__name__)(care)
app.command("erase")(record.erase)
app.add_typer(person.app, name="person")
app.add_typer(grant.app, name="grant")
app.add_typer(basis.app, name="basis")
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.add_typer(rounds.app, name="round")
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("demo")(demo.demo)


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"nuantong {version('nuantong')}")
        raise typer.Exit


@app.callback()
def _nuantong(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="版本 / version"),
    ] = False,
) -> None:
    """Keep the help text of ``app``."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = app(prog_name="nuantong", standalone_mode=False)
    except TyperException as error:
        tell_usage(error)
        sys.exit(error.exit_code)
    except typer.Abort:
        typer.echo("已取消 / cancelled", err=True)
        sys.exit(FAULT)
    except CaseworkError as error:
        _leave(error)
    except OSError as error:
        _leave(from_system(error))
    except Exception as error:
        _leave_with_incident(error)
    else:
        sys.exit(code or DONE)


def _leave(error: CaseworkError) -> None:
    answer = answer_for(error)
    typer.echo(f"{answer.title_zh} / {answer.title_en}：{error}", err=True)
    sys.exit(answer.exit_code)


def _leave_with_incident(error: Exception) -> None:
    """Tell the number, and where the user's own log says what happened."""
    number = record_incident(error)
    log = Settings.from_environment().config / "incidents.log"
    typer.echo(
        f"程序出错，编号 {number}。您的文件没有被改动；请把编号和 {log} 交给维护人员。\n"
        f"Our fault, number {number}; your files are untouched.",
        err=True,
    )
    sys.exit(FAULT)


if __name__ == "__main__":
    main()
