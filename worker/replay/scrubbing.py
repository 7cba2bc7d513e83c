"""Takes people out of a history: texts, addresses, tokens and free words are replaced, ids by others, one for one.

What a journey's code compares with stays, for it stands in the code; so the run still replays.
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from temporalio.client import WorkflowHistory

from fermata.errors import ConfigurationError
from worker.replay.kept_words import KeptWords

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TAIL = 12  # an operator's summary of a run shows so much of the profile's id
_LARGE = 10**6
_NAME = re.compile(r"[\w $.-]{1,60}")  # of a property
_OF_AN_EVENT = frozenset({"properties", "traits"})
_OF_THE_CODE = ("message", "segment")  # what a step says and whom it asks for, as the journey's file defines them
_LABELS = frozenset({"userMetadata", "searchAttributes"})  # sentences, made of what stands elsewhere too
_LEFT_OUT = frozenset({"stackTrace", "encodedAttributes", "taskId", "requestId"})  # replay reads none of them

Json = Any
"""A value as JSON has it: what a history is written as, and nothing else here."""


class Scrubbed(BaseModel):
    """A history without people.

    Args:
        history: As JSON has it.
        ids: How many ids were replaced by others.
        texts: How many texts.
        numbers: How many large numbers.
        workers: How many names of workers, which are those of machines.
    """

    model_config = ConfigDict(frozen=True)

    history: dict[str, Json]
    ids: int
    texts: int
    numbers: int
    workers: int


def scrub(history: WorkflowHistory, kept: KeptWords) -> Scrubbed:
    """Takes people out of a history.

    Args:
        history: As the server has it.
        kept: What may stay.

    Raises:
        ConfigurationError: A payload cannot be read, so nobody can say who is in it.
    """
    document = json.loads(history.to_json())
    people = _People(kept)
    people.hide(document)  # finds everything, so that a label can lose what only a later event tells apart
    people.numbers = 0
    return Scrubbed(
        history=people.hide(document),
        ids=len(people.ids),
        texts=len(people.texts),
        numbers=people.numbers,
        workers=len(people.workers),
    )


class _People:
    """What stands for what was found, the same for the same wherever it stands."""

    def __init__(self, kept: KeptWords) -> None:
        self._kept = kept
        self.ids: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.workers: dict[str, str] = {}
        self.numbers = 0

    def hide(self, node: Json, *, label: bool = False) -> Json:
        """A part of the history, without people."""
        if isinstance(node, list):
            return [self.hide(each, label=label) for each in node]
        if isinstance(node, str):
            return self._label(node) if label else self._with_other_ids(node)
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("metadata"), dict) and "encoding" in node["metadata"]:
            return self._payload(node, label=label)
        if node.get("kind") == "TASK_QUEUE_KIND_STICKY":
            node = {**node, "name": self._worker(node["name"])}
        return {
            name: self._field(name, value, label=label or name in _LABELS)
            for name, value in node.items()
            if name not in _LEFT_OUT
        }

    def _field(self, name: str, value: Json, *, label: bool) -> Json:
        if name == "identity":
            return self._worker(value)
        if name in ("message", "reason") and isinstance(value, str):  # of a failure, and of who ended the run
            return self._text(value)
        if name == "workflowId":
            return self._workflow_id(value)
        return self.hide(value, label=label)

    def _payload(self, payload: Mapping[str, Json], *, label: bool) -> Json:
        encoding = base64.b64decode(payload["metadata"]["encoding"]).decode()
        if encoding == "binary/null":
            return payload
        if encoding != "json/plain":
            raise ConfigurationError(f"a payload is {encoding}, so nobody can say who is in it; give the codec's key")
        value = json.loads(base64.b64decode(payload["data"]))
        hidden = self.hide(value, label=True) if label else self._value(value, top=True)
        written = json.dumps(hidden, separators=(",", ":"), ensure_ascii=False)
        return {**payload, "data": base64.b64encode(written.encode()).decode()}

    def _value(self, value: Json, *, top: bool = False, of_an_event: bool = False) -> Json:
        if isinstance(value, dict):
            return {
                self._name(name): each
                if top and name in _OF_THE_CODE and isinstance(each, dict)
                else self._value(each, of_an_event=of_an_event or name in _OF_AN_EVENT)
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self._value(each, of_an_event=of_an_event) for each in value]
        if isinstance(value, str):
            return self._text(value, of_an_event=of_an_event)
        return self._number(value, of_an_event=of_an_event)

    def _name(self, name: str) -> str:
        return name if _NAME.fullmatch(name) else self._text(name, of_an_event=True)

    def _number(self, value: Json, *, of_an_event: bool) -> Json:
        """A whole number may be a telephone's or an account's, an exact one a place on the map."""
        exact = isinstance(value, float) and of_an_event and round(value, 2) != value
        large = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > _LARGE
        if not exact and not large:
            return value
        self.numbers += 1
        return round(value) if exact and not large else _LARGE

    def _text(self, text: str, *, of_an_event: bool = False) -> str:
        if self._kept.keeps(text, of_an_event=of_an_event):
            return self._with_other_ids(text)
        return self.texts.setdefault(text, f"text-{len(self.texts) + 1}")

    def _workflow_id(self, text: str) -> str:
        """``{journey}/{profile}``, and perhaps the key of an order, which is somebody's."""
        journey, *rest = text.split("/", 2)
        return "/".join(
            [journey, *(self._with_other_ids(part) if _UUID.fullmatch(part) else self._text(part) for part in rest)]
        )

    def _label(self, text: str) -> str:
        """A sentence of the code's, without what it quotes."""
        for found, other in sorted((*self.texts.items(), *self.workers.items()), key=lambda pair: -len(pair[0])):
            text = re.sub(rf"(?<!\w){re.escape(found)}(?!\w)", other, text)
        text = self._with_other_ids(text)
        for found, other in self.ids.items():
            text = text.replace(found[-_TAIL:], other[-_TAIL:])
        return text

    def _with_other_ids(self, text: str) -> str:
        return _UUID.sub(lambda found: self._other_id(found.group()), text)

    def _other_id(self, found: str) -> str:
        return self.ids.setdefault(found, f"00000000-0000-4000-8000-{len(self.ids) + 1:012d}")

    def _worker(self, name: str) -> str:
        return self.workers.setdefault(name, f"worker-{len(self.workers) + 1}")
