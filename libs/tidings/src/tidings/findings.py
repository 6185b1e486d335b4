"""What doctor finds: one line about one thing, which is well, or is not and then says what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy` is what to do about a problem; None: it is well."""

    about: str
    fact: str
    remedy: str | None = None

    def __str__(self) -> str:
        if self.remedy is None:
            return f"ok       {self.about}: {self.fact}"
        return f"PROBLEM  {self.about}: {self.fact}. {self.remedy}"
