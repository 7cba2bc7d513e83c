"""A journey's map in Mermaid, which GitHub and many wikis draw."""

from collections.abc import Mapping

from fermata.journeys.map import JourneyMap, Step, StepKind, Way

_SHAPES: Mapping[StepKind, tuple[str, str]] = {
    StepKind.START: ("([", "])"),
    StepKind.SEND: (">", "]"),
    StepKind.HAND_OFF: (">", "]"),
    StepKind.WAIT: ("(", ")"),
    StepKind.ASK: ("{{", "}}"),
    StepKind.BRANCH: ("{", "}"),
    StepKind.LOOP: ("[/", "/]"),
    StepKind.CHILD: ("[[", "]]"),
    StepKind.END: ("([", "])"),
    StepKind.GOAL: ("([", "])"),
    StepKind.EXIT: ("([", "])"),
    StepKind.LIMIT: ("([", "])"),
}
_PLAIN = ("[", "]")
_COLOURS = {
    "send": "fill:#f3ddd3,stroke:#a83e1e,color:#1f1b16",
    "goal": "fill:#dcebd9,stroke:#3d6b35,color:#1f1b16",
    "unread": "fill:#fff3c4,stroke:#8a6d00,color:#1f1b16,stroke-dasharray:4",
}
_CLASSES = {StepKind.SEND: "send", StepKind.HAND_OFF: "send", StepKind.GOAL: "goal", StepKind.UNREAD: "unread"}


def to_mermaid(drawn: JourneyMap, notes: Mapping[str, str] | None = None) -> str:
    """Writes a map as a Mermaid flowchart.

    Args:
        drawn: The map.
        notes: A second line for some of the steps, by their ids: counts, say.
    """
    notes = notes or {}
    lines = ["flowchart TD"]
    lines += [f"    {_step(step, notes.get(step.id))}" for step in drawn.steps]
    lines += [f"    {_way(way)}" for way in drawn.ways]
    used = {name: [_id(step.id) for step in drawn.steps if _CLASSES.get(step.kind) == name] for name in _COLOURS}
    for name, ids in used.items():
        if ids:
            lines += [f"    classDef {name} {_COLOURS[name]}", f"    class {','.join(ids)} {name}"]
    lines += [
        f"    %% line {note.line} is not drawn: {' '.join(note.code.split())} ({note.why})" for note in drawn.unread
    ]
    return "\n".join(lines) + "\n"


def _step(step: Step, note: str | None) -> str:
    before, after = _SHAPES.get(step.kind, _PLAIN)
    said = _quoted(step.label) + (f"<br/>{_quoted(note)}" if note else "")
    return f'{_id(step.id)}{before}"{said}"{after}'


def _way(way: Way) -> str:
    label = f'|"{_quoted(way.label)}"|' if way.label else ""
    arrow = "-.->" if way.at_any_time or way.back else "-->"
    return f"{_id(way.source)} {arrow}{label} {_id(way.target)}"


def _id(step: str) -> str:
    return "finish" if step == "end" else step  # "end" is a word of Mermaid's own


def _quoted(text: str) -> str:
    """Text as it may stand between quotes; everything that Mermaid or HTML would read becomes an entity."""
    for character, entity in (("&", "#amp;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("`", "#96;")):
        text = text.replace(character, entity)
    return text
