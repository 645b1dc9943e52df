"""Write docs/reference from the product itself, so that it cannot lag behind.

Run ``.venv/bin/python docs/make_reference.py``; a house test fails when a page is out of date.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "reference"
sys.path.insert(0, str(HERE.parents[1]))  # this checkout, whichever one is installed
NOTE = "<!-- Written by docs/make_reference.py from the product itself: do not edit. -->\n"


ACCESS = """\
# Access 权限

Who is given which action; an empty cell is a no. An account acts inside its own area only: what
lies outside is answered as what does not exist. Needs: `own_pair` her own pair, `booked` a booked
session, `other_hand` the work of another (an only officer: the leader's signed paper), `basis` a
lawful basis, `grant` a grant that is open now, `around` the round of the whole city too. `system`
is the command line on the data folder, for whoever owns it.
"""


def findings() -> Iterator[str]:
    """List every rule that can find something, with what it says and how to mend it."""
    from casework.findings import rule_texts

    yield "# Findings 核查规则\n\n"
    yield "An ERROR holds its row back until somebody mends it, a WARNING asks somebody to look,\n"
    yield "an INFO only tells. `{…}` is filled with what was found.\n\n"
    yield "| rule | severity | 问题 | 怎样改 | in English |\n|---|---|---|---|---|\n"
    for rule, text in sorted(rule_texts().items()):
        cells = (text.message_zh, text.remedy_zh, f"{text.message_en} {text.remedy_en}")
        body = " | ".join(c.replace("|", "／").replace("\n", " ") for c in cells)
        yield f"| `{rule}` | {text.severity} | {body} |\n"


def rules() -> Iterator[str]:
    """Print the presets as they ship, comments and all: they are their own reference."""
    presets = Path(__file__).parents[1] / "casework" / "presets"
    yield "# Rules 项目规则\n\n"
    yield "Copy a file, change what your office decides differently, and give it with `--rules`\n"
    yield "(a file need only name what it changes).\n"
    for path in sorted(presets.glob("*.toml")):
        yield f"\n## {path.stem}\n\n```toml\n{path.read_text(encoding='utf-8')}```\n"


def columns() -> Iterator[str]:
    """List the columns of the ledgers we write and the headings we read them from."""
    from ledger.columns import ledger_columns
    from ledger.tables import TableKind

    yield "# Columns 台账栏目\n\n"
    yield "The columns of the ledgers as we write them. Any order is read, and the headings\n"
    yield "that offices use for them: `ledger/columns.toml` has them all. Other columns are\n"
    yield "listed and left out.\n"
    for kind in (TableKind.CHILDREN, TableKind.CAREGIVERS, TableKind.PAIRS):
        yield f"\n## {kind}\n\n| 栏目 | field | choices |\n|---|---|---|\n"
        for column in ledger_columns(kind):
            field, heading, _width, choices = column
            yield f"| {heading} | `{field}` | {'、'.join(choices or ())} |\n"


def commands() -> Iterator[str]:
    """Print the help of every command."""
    import typer.main

    from service.cli import app

    def walk(command: Any, path: str) -> Iterator[str]:
        context = command.make_context(path, [], resilient_parsing=True, terminal_width=96)
        yield f"\n## `{path}`\n\n```\n{command.get_help(context)}\n```\n"
        for name, below in sorted(getattr(command, "commands", {}).items()):
            if not below.hidden:
                yield from walk(below, f"{path} {name}")

    yield "# Commands 命令\n\n"
    yield "Exit codes: 0 done; 3 done, with findings that need a person; 2 wrong usage; 4 not\n"
    yield "found; 5 refused; 6 conflict; 7 unreadable or hostile file; 8 busy; 1 our own fault.\n"
    yield from walk(typer.main.get_command(app), "nuantong")


def access() -> Iterator[str]:
    """Print the policy: which role is given which action, with which needs and fields."""
    from casework.access_rules import RULES
    from casework.actors import Role

    yield ACCESS
    roles = list(Role)
    yield "\n| action | " + " | ".join(roles) + " |\n" + "|---" * (len(roles) + 1) + "|\n"
    for action, given in RULES.items():
        cells = ("、".join(sorted(given[r].needs)) or "yes" if r in given else "" for r in roles)
        yield f"| `{action}` | " + " | ".join(cells) + " |\n"
    yield "\n## Fields 字段\n\nWhich groups of fields go with it.\n\n| action | role | fields |\n"
    yield "|---|---|---|\n"
    for action, given in RULES.items():
        for role, rule in given.items():
            if rule.fields:
                yield f"| `{action}` | {role} | {', '.join(sorted(rule.fields))} |\n"


def settings() -> Iterator[str]:
    """List what the environment may say."""
    from service.settings import MEANINGS

    yield "# Settings 设置\n\n"
    yield "What the environment may say; a command's own option always wins.\n\n"
    yield "| 环境变量 | 意思 / meaning |\n|---|---|\n"
    for name, meaning in MEANINGS.items():
        yield f"| `{name}` | {meaning} |\n"


def api() -> Iterator[str]:
    """List every operation of the API, as ``/openapi.json`` describes it."""
    from types import SimpleNamespace

    from service.app import create_app

    nowhere: Any = SimpleNamespace(clock=None)  # what is described needs no store
    told = create_app(Path("nowhere"), nowhere).openapi()
    yield "# API 接口\n\nEvery operation, as `/openapi.json` of your own server describes it, "
    yield "with its parameters (in brackets: may be left out).\nHow to use it: "
    yield "[the guide](../how-to/api.md). Who may: [access](access.md).\n\n"
    yield "| address | parameters | what |\n|---|---|---|\n"
    for path, ways in told["paths"].items():
        for method, one in ways.items():
            if not path.startswith("/api/v1"):
                continue
            asked = [q for q in one.get("parameters", ()) if q["in"] == "query"]
            named = (_named(q["name"], q.get("required", False)) for q in asked)
            body = one.get("requestBody", {}).get("content", {})
            fields = _fields(told, body.get("application/json", {}).get("schema", {}))
            file = ("a file",) if "application/octet-stream" in body else ()
            what = one["description"].split("\n\n")[0].replace("\n", " ").replace("``", "`")
            cells = (f"`{method.upper()} {path}`", " ".join((*named, *fields, *file)), what)
            yield f"| {' | '.join(cells)} |\n"


def _fields(told: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    named = told["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], {})
    for name in named.get("properties", ()):
        yield _named(name, name in named.get("required", ()))


def _named(name: str, is_needed: bool) -> str:
    return f"`{name}`" if is_needed else f"(`{name}`)"


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "findings.md": findings,
    "rules.md": rules,
    "columns.md": columns,
    "commands.md": commands,
    "settings.md": settings,
    "access.md": access,
    "api.md": api,
}


def page(name: str) -> str:
    """Give a page as it should stand."""
    return NOTE + "".join(PAGES[name]())


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name in PAGES:
        (HERE / name).write_text(page(name), encoding="utf-8")
