"""What is exported, in which forms, and for whom?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FORMS", "SABER_TEST", "SPLITS", "TRAINER_FORMS", "Audience", "ExportSettings"]

TRAINER_FORMS = ("ms-swift", "llama-factory")
"""Conversations to train on; only the train split has them."""
FORMS = ("parquet", "jsonl", "released", "label-studio", *TRAINER_FORMS)
SPLITS = ("train", "validation", "test")
SABER_TEST = "saber_test"

Audience = Literal["self", "public"]


@dataclass(frozen=True)
class ExportSettings:
    """One export.

    Attributes:
        forms: some of `FORMS`.
        splits: some of `SPLITS`, or `saber_test` for those clips of the test split alone.
        audience: `self`: nothing is refused, what may not be passed on is said. `public`: refuses clips whose
            terms forbid passing on texts, or media where those are copied; paths and addresses are left out.
        drop_forbidden: leave those out, counted, instead of refusing.
        with_media: copy each clip's file into the export.
    """

    forms: tuple[str, ...] = ("parquet",)
    splits: tuple[str, ...] = SPLITS
    audience: Audience = "self"
    drop_forbidden: bool = False
    with_media: bool = False

    def __post_init__(self) -> None:
        for name, chosen, known in (
            ("form", self.forms, FORMS),
            ("split", self.splits, (*SPLITS, SABER_TEST)),
        ):
            if not chosen:
                raise ValueError(f"at least one {name} is needed")
            for one in chosen:
                if one not in known:
                    raise ValueError(f"there is no {name} {one!r}; there are {', '.join(known)}")
        if self.audience not in ("self", "public"):
            raise ValueError(f"there is no audience {self.audience!r}; there are self, public")
        if self.drop_forbidden and self.audience == "self":
            raise ValueError("nothing is forbidden to yourself: drop_forbidden goes with the audience public")
        needs_media = [form for form in (*TRAINER_FORMS, "label-studio") if form in self.forms]
        if self.audience == "public" and needs_media and not self.with_media:
            raise ValueError(
                f"{needs_media[0]} rows name media files, and to others only copied ones are there: "
                "with_media goes with it"
            )

    def takes(self, split: str | None, saber_test: bool) -> bool:
        """Is a clip of this split wanted? One without a split (released records have none) always is."""
        return split is None or split in self.splits or (saber_test and SABER_TEST in self.splits)
