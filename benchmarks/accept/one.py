"""One row in a process of its own; its last line is what it reached, as JSON."""

import importlib
import sys
import time

from benchmarks.accept.frame import Scale, Tally, as_json, workplace


def main(name: str, *how: str) -> None:
    tally, begun = Tally(), time.monotonic()
    row = importlib.import_module(f"benchmarks.accept.{name}")
    with workplace(name) as folder:
        try:
            row.run(tally, Scale("--quick" in how, _seed(how)), folder)
        except Exception as error:
            tally.ask(False, f"broke off: {type(error).__name__}: {error}"[:300])
            if "--raise" in how:
                raise
    print(as_json(tally, time.monotonic() - begun))


def _seed(how: tuple[str, ...]) -> int:
    return next((int(word.partition("=")[2]) for word in how if word.startswith("--seed=")), 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
