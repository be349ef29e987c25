"""No English on a Dutch page and no Dutch on an English one, outside what says its own language.

By words that exist in only one of the two: a page in the wrong language cannot avoid them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from support.markup import Tree, is_tag

ENGLISH_IS_COMPLETE = False
"""Set to True once the English catalogue has every sentence: English pages are checked then."""

ENGLISH = frozenset(
    """
    about accept accepted again already and are ask because before being but button cancel change
    choose click close comment comments compare could days delete done earlier empty every first
    found from give has hello hidden hour hours into its know language learner learners lesson
    lessons loading look lost make minutes missing must name new next nobody not nothing now number
    only other our out own pages password people please previous question ready recording refresh
    reply report save search second seconds send sent share shared should show sign since some
    something somebody speech submit than that the their them then there these they this those too
    try user using wait waiting watch welcome what when where which who why will with without
    would write wrong yes you your
    """.split()  # noqa: SIM905 -- words read best as words
)
"""English words that Dutch does not know, not even as a loan."""
DUTCH = frozenset(
    """
    aan achter alleen alles altijd bekijk bent daarna deelnemer deze dit doen duurt een eerst
    eerste elke filmpje filmpjes gaat gedeeld geef geen geluid gesprek ging goed graag groep haar
    hebben hebt heeft het hoeft iemand iets inloggen jij jou jouw kies kijk klaar kun kunnen kunt
    lees lessen maakt meer meestal mijn misschien moet naar neem niemand niet nieuwe nog nooit ook
    omdat onze opgenomen opname opnames opnemen opnieuw oordeel poging pogingen probeer reactie
    reacties schrijf seconde seconden staat tekst terug tot uit uitloggen uur vanaf verder voor
    vraag waar waarom wacht wachten wachtwoord wat weet welkom wordt zelf zeg zegt zie ziet zijn
    zin zonder
    """.split()  # noqa: SIM905 -- words read best as words
)
HUMAN_ATTRIBUTES = (
    "title",
    "alt",
    "placeholder",
    "label",
    "aria-label",
    "aria-valuetext",
    "aria-description",
    "data-confirm",
    "data-confirm-yes",
    "data-plain",
    "data-missing",
    "data-missing-text",
    "data-top-first",
    "data-failed",
    "data-offline",
    "data-many",
    "data-text",
    "data-play",
    "data-pause",
)
SILENT = {"script", "style", "code", "kbd", "samp"}
FILLED_IN = re.compile(r"\{[a-z]+\}")
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")


def foreign_words(tree: Tree, language: str) -> list[str]:
    """Words of the other language on a page in `language`, each with what stands around it."""
    if language == "en" and not ENGLISH_IS_COMPLETE:
        return []
    strange = ENGLISH if language == "nl" else DUTCH
    found = []
    for text in _own_texts(tree):
        words = [word for word in WORD.findall(text) if word.casefold() in strange]
        if words:
            found.append(f"{', '.join(words)} in {' '.join(text.split())[:120]!r}")
    return found


def _own_texts(tree: Tree) -> Iterator[str]:
    """Texts and spoken attributes that do not stand in a [lang] of their own."""
    yield from _walk(tree.root, top=True)


def _walk(element: Element, *, top: bool = False) -> Iterator[str]:
    if not is_tag(element) or element.tag in SILENT:
        return
    if not top and element.get("lang") is not None:
        return
    for attribute in HUMAN_ATTRIBUTES:
        said = element.get(attribute, "")
        if attribute != "data-text" or " " in said:  # one word there is the key of a text
            yield FILLED_IN.sub("", said)
    if element.tag == "input" and element.get("type") in {"submit", "button"}:
        yield element.get("value", "")
    if element.text:
        yield element.text
    for child in element:
        yield from _walk(child)
        if child.tail:
            yield child.tail
