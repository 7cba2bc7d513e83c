"""Which of several actions comes next for a person: asked, written down with the reason, and told to operators."""

from temporalio import workflow

from fermata.analytics.next_best_action import ActionAsked, Signal
from fermata.errors import DefinitionError
from fermata.journeys import NextAction
from workflows.asking import Asking


class Choosing(Asking):
    """The verb by which a journey has it chosen what comes next."""

    async def next_best_action(self, *actions: NextAction, holdout: float = 0.0) -> NextAction | None:
        """Chooses the first action whose signal holds of the person now, those that are for them before others.

        What was chosen, of which, and why stands in the table ``next_best_actions`` and in the UI.

        Args:
            actions: In the order in which they count. Those whose ``propensity`` does not fit the person come last,
                where a trained model tells it.
            holdout: The share of people for whom an action is chosen and not done, 0 up to but not including 1: by
                them it is measured what each brings. Drawn for each action by itself, and theirs for ever.

        Returns:
            The action; None where no signal holds, or the person is held out of it.

        Raises:
            DefinitionError: There is no action, two have one key, or the share is out of range.
        """
        run = self._run
        keys = [action.key for action in actions]
        if not keys or len(set(keys)) != len(keys) or not 0 <= holdout < 1:
            raise DefinitionError(
                f"{run.entry.journey}: next_best_action({', '.join(keys)}, holdout={holdout}) needs actions of "
                "different keys, and a share from 0 up to but not including 1"
            )
        await run.go_on()
        asked = ActionAsked(
            profile_id=run.entry.profile_id,
            asked_at=workflow.now(),
            run_id=run.entry.run_id,
            journey=run.entry.journey,
            step=run.number("next_best_action"),
            signals=tuple(Signal(key=each.key, when=each.when, propensity=each.propensity) for each in actions),
            holdout=holdout,
        )
        chosen = await self._choose(asked)
        run.tell(f"next best action **{chosen.key or 'none'}**{' (held out)' if chosen.held_out else ''}: {chosen.why}")
        if chosen.held_out:
            return None
        return next((action for action in actions if action.key == chosen.key), None)
