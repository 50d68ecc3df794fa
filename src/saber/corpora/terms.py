"""What do the terms of a corpus allow to be passed on?"""

from __future__ import annotations

from dataclasses import dataclass

from saber.core.errors import UsageError

__all__ = ["TERMS", "Terms", "terms_of"]


@dataclass(frozen=True)
class Terms:
    """What the holder of the rights says. This is a reading of published terms and no legal advice.

    Each permission is True, False, or None where no statement was found, which is to be treated as False.

    Attributes:
        key: as in `Source.terms`.
        name: of the licence or agreement.
        url: where it is stated; "" where it is the user's own.
        media: may the clips themselves be passed on?
        texts: may what was written of them, and their labels and transcripts, be passed on?
        commercial: may they be used commercially?
        note: what comes with a permission, or why there is none.
    """

    key: str
    name: str
    url: str
    media: bool | None
    texts: bool | None
    commercial: bool | None
    note: str = ""


TERMS: dict[str, Terms] = {
    terms.key: terms
    for terms in (
        Terms("own", "the user's own recordings", "", media=True, texts=True, commercial=True),
        Terms("unknown", "not stated", "", media=False, texts=False, commercial=False),
        Terms(
            "crema-d",
            "ODbL 1.0, contents DbCL 1.0",
            "https://github.com/CheyneyComputerScience/CREMA-D",
            media=True,
            texts=True,
            commercial=True,
            note="Name the source; a database made from it is passed on under the same licence.",
        ),
        Terms(
            "mead",
            "terms of its own",
            "https://github.com/uniBruce/Mead",
            media=None,
            texts=None,
            commercial=None,
            note="They are a PDF in the repository, which was not read. The MIT licence is of the code.",
        ),
        Terms(
            "meld",
            "GPL 3.0, of the tables",
            "https://github.com/declare-lab/MELD",
            media=False,
            texts=True,
            commercial=False,
            note="The licence is of the repository, so of the tables, and is passed on with them. The clips "
            "are of a television show, whose rights are not the authors' to give.",
        ),
        Terms(
            "mc-eiu",
            "CC BY-NC 4.0, of the features",
            "https://github.com/MC-EIU/MC-EIU",
            media=False,
            texts=None,
            commercial=False,
            note="It is given for features, and leaves the conversations with their owners. The agreement "
            "of the MEIJU 2025 challenge, which gives out the clips, was not found.",
        ),
        Terms(
            "mer2025",
            "academic research only, CC BY-NC 4.0",
            "https://huggingface.co/datasets/MERChallenge/MER2025",
            media=False,
            texts=False,
            commercial=False,
            note="Academic research only; neither the data nor files derived from them, such as labels, may "
            "go to others.",
        ),
        Terms(
            "msp-improv",
            "none found",
            "https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Improv.html",
            media=None,
            texts=None,
            commercial=None,
            note="What its owners, at the University of Texas at Dallas, ask for was not found.",
        ),
        Terms(
            "multidialog",
            "“cc”, or “Apache 2.0”",
            "https://huggingface.co/datasets/IVLLab/MultiDialog",
            media=None,
            texts=None,
            commercial=None,
            note="The page says the first, which names no licence, the loading script the second.",
        ),
        Terms(
            "ravdess",
            "CC BY-NC-SA 4.0",
            "https://zenodo.org/records/1188976",
            media=True,
            texts=True,
            commercial=False,
            note="Name the source, under the same licence. Commercial licences are sold.",
        ),
        Terms(
            "ch-sims-v2",
            "none found",
            "https://github.com/thuiar/ch-sims-v2",
            media=None,
            texts=None,
            commercial=None,
            note="The clips are of films and series.",
        ),
        Terms(
            "memor",
            "agreement to sign",
            "https://github.com/sunlightsgy/MEmoR",
            media=None,
            texts=None,
            commercial=None,
            note="It is a PDF to sign, which was not read. The clips are of a television show.",
        ),
    )
}
"""By key. `own` is what a user says of their own recordings, people's consent included."""


def terms_of(key: str) -> Terms:
    """Raises UsageError when there is no such key."""
    if key not in TERMS:
        raise UsageError(f"There are no terms {key!r}.", remedy=f"Known: {', '.join(sorted(TERMS))}.")
    return TERMS[key]
