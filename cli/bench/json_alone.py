"""Reads JSON lines and writes them back, nothing else: the least that a program can do with them. Run as a script."""

import sys

import orjson


def main() -> None:
    """Copies stdin to stdout, each line through orjson."""
    write = sys.stdout.buffer.write
    for line in sys.stdin.buffer:
        write(orjson.dumps(orjson.loads(line)))
        write(b"\n")


if __name__ == "__main__":
    main()
