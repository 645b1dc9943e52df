"""A worked client of the API: which townships of a unit have children without a caregiver.

    python examples/api_client.py http://127.0.0.1:8021 TOKEN 500156

Only the standard library. The token is made on the page 程序令牌 (/tokens) or by
``nuantong user token NAME``; it acts as that account, so keep it out of files and shell history.
"""

import json
import sys
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode


def ask(base: str, token: str, path: str, **query: str) -> Any:
    """Ask for one resource; what is refused is told in the server's own words."""
    address = f"{base.rstrip('/')}/api/v1{path}" + (f"?{urlencode(query)}" if query else "")
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        raise SystemExit(f"{problem['status']} {problem['title']}: {problem['detail']}") from None
    except OSError as error:
        raise SystemExit(f"没有答复 / no answer from {base}: {error}") from None


def main(base: str, token: str, unit: str) -> None:
    """Print the townships of a unit, the worst first; a band is printed as a band."""
    layer = ask(base, token, "/maps/left", unit=unit)
    print(f"{layer['nuantong']['month']}  没有爱心妈妈的儿童 / children without a caregiver")
    areas = [feature["properties"] for feature in layer["features"]]
    for area in sorted(areas, key=lambda area: (-(area["low"] or 0), area["code"])):
        print(f"{area['words_zh']:>8}  {area['name']}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
