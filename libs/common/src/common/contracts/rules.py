"""How a domain refuses: a rule of the business was broken, which is the caller's to mend."""


class RuleError(Exception):
    """`name` is stable and becomes the problem's type, `where` the place in the input; `conflict` means the state forbids it now."""

    def __init__(self, name: str, where: str, message: str, *, conflict: bool = False) -> None:
        super().__init__(message)
        self.name = name
        self.where = where
        self.message = message
        self.conflict = conflict
