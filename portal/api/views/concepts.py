"""The thesaurus: concepts with their terms in every language."""

from flask import Response

from portal.api import conditions, paging, representations
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.core import i18n
from portal.core.errors import NotFound
from portal.thesaurus.store import Concept, get_thesaurus

KINDS = (
    "part", "material", "process", "equipment", "software", "chip", "standard", "service",
    "logistics", "scenario", "market", "quality", "general",
)  # fmt: skip


@operation(
    "GET",
    "/concepts",
    tag="Concepts",
    summary="List or look up concepts",
    description="With `q`: concepts with a term, in any language, that begins with or contains it.",
    query=(
        Param("q", "Beginning or part of a term."),
        Param("kind", "Kind of concept.", {"type": "string", "enum": list(KINDS)}),
        Param(
            "category", "1: only those that can be the category of a listing.", {"type": "boolean"}
        ),
        Param("broader", "Id of the concept directly above."),
        *paging.PARAMS,
    ),
    answer="ConceptList",
    paged=True,
)
def list_concepts() -> Response:
    found = sorted(filter(_wanted, _candidates()), key=lambda concept: concept.id)
    return paging.sequence_page(found, lambda concept: concept.id, representations.concept)


def _candidates() -> list[Concept]:
    thesaurus, typed = get_thesaurus(), given("q")
    if not typed:
        return list(thesaurus)
    hits = thesaurus.suggest(typed, i18n.current().tag, limit=len(thesaurus))
    return [thesaurus.concepts[hit.id] for hit in hits]


def _wanted(concept: Concept) -> bool:
    kind, category, broader = given("kind"), given("category"), given("broader")
    return (
        (kind is None or concept.kind == kind)
        and (category is None or concept.category == category)
        and (broader is None or broader in concept.broader)
    )


@operation(
    "GET",
    "/concepts/<concept_id>",
    tag="Concepts",
    summary="Read a concept",
    answer="Concept",
    errors=(404,),
    tagged=True,
)
def read_concept(concept_id: str) -> Response:
    thesaurus = get_thesaurus()
    concept = thesaurus.get(concept_id)
    if concept is None:
        raise NotFound
    return conditions.tagged(representations.concept(concept), thesaurus.version)
