"""When a question is asked, given what was answered before."""

from collections.abc import Mapping
from typing import Any

from portal.service_requests.catalogue.model import YES, Form, Question, When


def met(when: When, answer: Any) -> bool:
    """Whether an answer, as it is stored or as a form holds it, fulfils a condition."""
    if when.op == "filled":
        return not is_blank(answer)
    if isinstance(answer, bool):
        return answer == (when.value == YES)
    if isinstance(answer, (list, tuple)):
        return when.value in answer
    text = "" if answer is None else str(answer)
    if when.op == "has":
        return when.value.casefold() in text.casefold()
    return text == when.value


def is_blank(answer: Any) -> bool:
    """Nothing was entered; an unticked box and a zero are answers."""
    if isinstance(answer, Mapping):
        return all(is_blank(part) for part in answer.values())
    if isinstance(answer, str):
        return not answer.strip()
    return answer is None or answer in ([], ())


def applies(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether a question is asked at all, given the other answers."""
    return question.when is None or met(question.when, answers.get(question.when.question))


def asked(form: Form, answers: Mapping[str, Any]) -> list[Question]:
    """The questions that are asked; one that hangs on a question that is not asked is not, too."""
    found: dict[str, Question] = {}
    for question in form.questions:
        if question.when and question.when.question not in found:
            continue
        if applies(question, answers):
            found[question.id] = question
    return list(found.values())
