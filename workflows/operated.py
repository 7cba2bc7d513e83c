"""What operators can do with a run, from the Temporal UI, the CLI or the API: hold it, let it go on, skip, end it."""

from pydantic import BaseModel, ConfigDict
from temporalio import workflow

from workflows.run import Run


class OperatorWord(BaseModel):
    """Who acts on a run, and why; it stands in the run's history.

    Args:
        by: The operator.
        why: For whoever reads it later.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    by: str = "an operator"
    why: str = ""

    def __str__(self) -> str:
        return f"{self.by}: {self.why}" if self.why else self.by


class Operated:
    """The updates of every journey. Each answers where the run stands after it."""

    _run: Run

    @workflow.update(description="Holds the run where it stands: it sends nothing and is not ended by its time limit.")
    def pause(self, word: OperatorWord) -> str:
        """Holds the run. Goals and exits still end it; its timers go on, and what they end waits."""
        return self._run.pause(str(word))

    @workflow.update(description="Lets a paused run go on: what is due is decided again.")
    def resume(self, word: OperatorWord) -> str:
        """Lets the run go on."""
        return self._run.resume(str(word))

    @workflow.update(description="Ends the wait that the run is in, as if its time had passed. It skips no rule.")
    def skip(self, word: OperatorWord) -> str:
        """Ends the waits that are under way. A message that is held is decided again, by the same rules."""
        return self._run.skip(str(word))

    @workflow.update(description="Ends the run at its next wait point. A send that is under way is finished first.")
    def exit(self, word: OperatorWord) -> str:
        """Ends the run."""
        return self._run.exit(str(word))
