"""Whether the API or the worker beside us is ready: the health check of containers, ``python -m cli.healthcheck``.

It loads nothing but the standard library, since it is run every few seconds.
"""

import os
import sys
import urllib.error
import urllib.request

_PATIENCE = 8.0  # seconds; a worker asks Temporal and Postgres before it answers


def main(arguments: list[str]) -> int:
    """Asks ``/readyz``, and says what is missing.

    Args:
        arguments: The address to ask; without one, that of whichever of the two runs here.

    Returns:
        0 where one is ready, else 1.
    """
    said = [_asked(address) for address in arguments or _addresses()]
    if None in said:
        return 0
    sys.stderr.write("\n".join(str(each) for each in said) + "\n")
    return 1


def _addresses() -> tuple[str, ...]:
    ports = (os.environ.get("FERMATA_API_PORT") or "8000", os.environ.get("FERMATA_WORKER_PORT") or "8001")
    return tuple(f"http://127.0.0.1:{port}/readyz" for port in ports)


def _asked(address: str) -> str | None:
    """What is missing there; None where nothing is."""
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE):  # noqa: S310 - an address of this container's own
            return None
    except urllib.error.HTTPError as error:
        return f"{address}: {error.code} {error.read(2000).decode(errors='replace')}"
    except OSError as error:
        return f"{address}: {error}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
