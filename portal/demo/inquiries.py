"""The demo's inquiries: each message is sent, and each step taken, by the verb that does it."""

from typing import Any

from portal.core.access import Actor
from portal.core.texts import Words
from portal.demo import drawings
from portal.demo.data_files import read
from portal.demo.past import at
from portal.demo.stage import Stage
from portal.inquiries import services
from portal.inquiries.models import Inquiry
from portal.inquiries.services import Move, NewInquiry

# The step that the last message of a party carries, by the state the inquiry is to end in.
_LAST_STEP = {
    "need_more_info": ("supplier", "ask_more"),
    "interested": ("supplier", "show_interest"),
    "declined": ("supplier", "decline"),
    "withdrawn": ("buyer", "withdraw"),
}
_UNSEEN = ("sent",)


def load(stage: Stage) -> None:
    """All inquiries, in the order they were sent."""
    records = read("inquiries", stage.now.date())
    for record in sorted(records, key=lambda r: -r["messages"][0]["days_ago"]):
        _Talk(stage, record).hold()


class _Talk:
    """One inquiry on its way through its messages."""

    def __init__(self, stage: Stage, record: dict[str, Any]) -> None:
        self.stage, self.record = stage, record
        self.sides = {
            "buyer": stage.actor(record["buyer"]),
            "supplier": stage.actor(record["supplier"]),
        }

    def hold(self) -> None:
        first, *rest = self.record["messages"]
        inquiry = self._send(first)
        if self.record["state"] not in _UNSEEN:
            self._look(inquiry, first["days_ago"], rest)
        steps = self._steps(rest)
        for place, message in enumerate(rest):
            with at(self.stage.session, self.stage.ago(message["days_ago"])):
                self._say(inquiry, message, steps.get(place))

    def _send(self, message: dict[str, Any]) -> Inquiry:
        record, stage = self.record, self.stage
        need = stage.needs.get(record["need"] or "")
        drawing = drawings.sent_with(stage, record["ref"], self.sides["buyer"].org_id)
        data = NewInquiry(
            capability_id=stage.capabilities[record["capability"]].id,
            subject=record["subject"],
            words=Words(message["text"], message["lang"], drawing),
            need_id=need.id if need else None,
        )
        with at(stage.session, stage.ago(message["days_ago"])):
            inquiry = services.create(stage.session, self.sides["buyer"], data)
            inquiry.external_ref = record["ref"]
        return inquiry

    def _look(self, inquiry: Inquiry, sent: float, rest: list[dict[str, Any]]) -> None:
        """The supplier opens the thread between the first message and the next one."""
        following = rest[0]["days_ago"] if rest else 0.0
        with at(self.stage.session, self.stage.ago(sent - (sent - following) * 0.4)):
            services.mark_read(self.stage.session, self.sides["supplier"], inquiry.id)

    def _steps(self, rest: list[dict[str, Any]]) -> dict[int, str]:
        """Which message carries which step."""
        state, writers = self.record["state"], [message["from"] for message in rest]
        if state == "in_talks":
            shown = writers.index("supplier")
            return {shown: "show_interest", writers.index("buyer", shown): "start_talks"}
        if state not in _LAST_STEP:
            return {}
        party, step = _LAST_STEP[state]
        return {len(writers) - 1 - writers[::-1].index(party): step}

    def _say(self, inquiry: Inquiry, message: dict[str, Any], step: str | None) -> None:
        session = self.stage.session
        actor: Actor = self.sides[message["from"]]
        words = Words(message["text"], message["lang"])
        if step is None:
            services.reply(session, actor, inquiry.id, words)
            return
        reason = self.record.get("reason") or ("other" if step == "decline" else "")
        move = Move(step, inquiry.version, words, reason)
        services.move(session, actor, inquiry.id, move)
