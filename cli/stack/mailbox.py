"""Where the embedded SMTP server keeps what it received: in memory, and in files that another process can read."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


@dataclass(frozen=True)
class ReceivedMail:
    """A message as it came in.

    Args:
        sender: The address in the envelope.
        recipients: The addresses in the envelope.
        content: Headers and body, as they were sent.
    """

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """Headers and body, parsed."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def message_id(self) -> str:
        """Its ``Message-ID``, which tells two deliveries of one message from two messages; empty without one."""
        return str(self.message["Message-ID"] or "")


class Mailbox:
    """The messages that a server received, in order.

    Args:
        folder: Where each is also written as a file; None keeps them in memory only.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._received: list[ReceivedMail] = []
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._written = count_mail(folder) if folder is not None else 0

    @property
    def messages(self) -> Sequence[ReceivedMail]:
        """All that was received since the start, the oldest first."""
        return tuple(self._received)

    def to(self, recipient: str) -> Sequence[ReceivedMail]:
        """What was received for one address.

        Args:
            recipient: As it stands in the envelope.
        """
        return tuple(mail for mail in self._received if recipient in mail.recipients)

    async def keep(self, mail: ReceivedMail) -> None:
        """Keeps a message.

        Args:
            mail: The message.

        Raises:
            OSError: It cannot be written.
        """
        if self._folder is not None:
            self._written += 1
            await asyncio.to_thread(_write, self._folder / f"{self._written:06d}.eml", mail.content)
        self._received.append(mail)


def count_mail(folder: Path) -> int:
    """How many messages a server has written into a folder, in this run and those before.

    Args:
        folder: Its mailbox.
    """
    return sum(1 for _ in folder.glob("*.eml"))


def read_mail(folder: Path) -> Sequence[EmailMessage]:
    """The messages in a folder, the oldest first.

    Args:
        folder: The mailbox of a server.
    """
    return tuple(message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(folder.glob("*.eml")))


def _write(path: Path, content: bytes) -> None:
    # Whoever counts sees a whole message or none.
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.rename(path)
