"""``fermata audit``, called as it is on a command line."""

import json
import os
import pwd
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from fermata.database import new_id
from fermata.policy import default_document

Fermata = Callable[..., "CompletedProcess[str]"]


def test_what_is_done_on_the_command_line_is_told_with_the_user_of_the_machine(
    fermata: Fermata, tmp_path: Path
) -> None:
    assert fermata("audit").stdout == "Nobody did any of that in this time.\n"
    fermata("keys", "create", "site", "--scope", "ingest", LOGNAME="mallory", USER="mallory")
    fermata("keys", "revoke", "nobody")
    (tmp_path / "policy.toml").write_text(default_document(), encoding="utf-8")
    fermata("policy", "activate", str(tmp_path / "policy.toml"), "--author", "ada")
    fermata("providers", "hold", "smtp")
    fermata("profile", "erase", str(new_id()), "--yes")
    others = [("policy.activate", "done"), ("providers.hold", "refused"), ("profiles.erase", "refused")]
    everything = json.loads(fermata("audit", "--json").stdout)["entries"]
    assert [(each["action"], each["outcome"]) for each in reversed(everything)][2:] == others
    told = json.loads(fermata("audit", "--action", "keys", "--json").stdout)["entries"]
    me = pwd.getpwuid(os.getuid()).pw_name
    assert [(each["actor"], each["door"], each["action"], each["target"], each["outcome"]) for each in told] == [
        (me, "command", "keys.revoke", "key nobody", "refused"),
        (me, "command", "keys.create", "key site", "done"),
    ]
    shown = fermata("audit", "--outcome", "refused", COLUMNS="120")
    assert re.search(r"keys\.revoke +key nobody +refused: NotFound", shown.stdout)
    assert "keys.create" not in shown.stdout
    wrong = fermata("audit", "--since", "yesterday")
    assert (wrong.returncode, "yesterday" in wrong.stderr) == (2, True)
