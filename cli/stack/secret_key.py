"""The secret that a stack signs its links with: made once, and kept with its files, so that links outlive a restart."""

import os
from pathlib import Path
from secrets import token_urlsafe


def secret_key_in(folder: Path) -> str:
    """The secret of a stack's folder; a new one where it has none yet.

    Args:
        folder: Where the stack's files are.
    """
    kept = folder / "secret_key"
    if kept.exists():
        return kept.read_text(encoding="ascii")
    secret = token_urlsafe(32)
    with os.fdopen(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        file.write(secret)
    return secret
