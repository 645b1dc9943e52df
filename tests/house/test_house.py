"""What a linter cannot say of the house, a short test can."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("geo", "casework", "solver", "ledger", "maps", "service")
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
UNITS = ("_m", "_km", "_days", "_seconds", "_hours")
VAGUE = ("distance", "duration", "reach", "radius")


def of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


@pytest.mark.parametrize("path", FILES, ids=of)
def test_a_file_fits_in_one_reading(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", FILES, ids=of)
def test_a_function_fits_on_one_screen(path):
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree(path))
        if isinstance(node, functions) and node.end_lineno - node.body[0].lineno >= 40
    }
    assert not long


@pytest.mark.parametrize("path", FILES, ids=of)
def test_distances_and_durations_carry_their_unit(path):
    names = {node.arg for node in ast.walk(tree(path)) if isinstance(node, ast.arg)}
    assert not {n for n in names if n.startswith(VAGUE) and not n.endswith(UNITS)}


@pytest.mark.parametrize("path", [p for p in FILES if p.parts[-2] != "commands"], ids=of)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(tree(path))


@pytest.mark.parametrize("path", [p for p in FILES if of(p).startswith("casework/")], ids=of)
def test_casework_reads_no_clock_and_throws_no_dice(path):
    called = {
        f"{ast.unparse(node.func)}" for node in ast.walk(tree(path)) if isinstance(node, ast.Call)
    }
    banned = re.compile(r"(\.today|\.now|\.utcnow|\btime\.time|^random\.\w+)$")
    assert not {name for name in called if banned.search(name)}


def test_no_package_marker_stands_under_tests():
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("lint-imports", "--no-cache"),
        pytest.param(("mypy",), marks=pytest.mark.slow),
    ],
    ids=lambda command: " ".join(command),
)
def test_the_tools_find_nothing(command):
    tool = Path(sys.executable).parent / command[0]
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lock", ["runtime.lock", "dev.lock"])
def test_a_lock_has_hashes_and_no_address(lock):
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^[\w.-]+==", text, re.MULTILINE)
    assert len(pinned) > 40
    assert "://" not in text
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", text.strip()))


def test_the_tests_use_the_very_versions_that_ship():
    def versions(lock):
        text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
        return set(re.findall(r"^[\w.-]+==\S+(?: ; [^\\\n]+)?", text, re.MULTILINE))

    shipped = {line.split(" ;")[0] for line in versions("runtime.lock")}
    tested = {line.split(" ;")[0] for line in versions("dev.lock")}
    assert shipped <= tested


def test_help_answers_without_loading_an_engine():
    script = (
        "import sys, service.cli; "
        "heavy = {'numpy','pandas','scipy','ortools','folium','fastapi','openpyxl','shapely'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_the_wheel_owns_its_names_alone(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    import zipfile

    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == set(PACKAGES)
    for package in PACKAGES:
        for path in tracked(f"{package}/*"):
            assert of(path) in names, f"{of(path)} is missing from the wheel"


def test_no_other_distribution_owns_our_names():
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    assert {name: set(owners.get(name, ["nuantong"])) for name in PACKAGES} == {
        name: {"nuantong"} for name in PACKAGES
    }


def test_nothing_committed_names_a_machine_or_an_address():
    banned = re.compile(
        r'(["\s=](/work|/root|/farm)/[a-z.])|--index-url|--extra-index-url|"resolved":'
    )
    bad = []
    for path in tracked():
        if path.suffix in {".png", ".xz", ".ico", ".woff2", ".pdf", ".xlsx", ".xls"}:
            continue
        if path.name == "test_house.py":
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        bad += [f"{of(path)}: {m.group(0)}" for m in banned.finditer(text)]
    assert not bad


def test_a_preset_carries_the_name_of_its_file():
    for path in sorted((ROOT / "casework" / "presets").glob("*.toml")):
        rules = tomllib.loads(path.read_text(encoding="utf-8"))
        assert path.stem in ("sample_city", rules.get("name"), f"round_{rules.get('name')}")


@pytest.mark.parametrize("path", tracked("*.toml"), ids=of)
def test_no_key_of_a_text_or_preset_stands_twice(path):
    tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_revisions_of_the_store_stand_in_one_line():
    texts = [p.read_text("utf-8") for p in tracked("ledger/record/migrations/versions/*.py")]
    own = sorted(re.search(r'^revision = "(\d+)"', text, re.MULTILINE)[1] for text in texts)
    follows = sorted(re.findall(r'^down_revision = "(\d+)"', "\n".join(texts), re.MULTILINE))
    assert follows == own[:-1], "give yours the next number, after the newest on main"


def test_no_sentence_of_the_service_stands_in_two_files():
    homes: dict[str, str] = {}
    for path in tracked("service/texts/*.toml"):
        for key in tomllib.loads(path.read_text(encoding="utf-8")):
            assert homes.setdefault(key, path.name) == path.name, key
