"""Which new things here are left out, by rules in gitignore's syntax. Text only.

Rules stand in files called `.mediashareignore` and count for the folder that the file is in and
what is below; the nearest file that says anything decides. They keep what is new from being sent;
what the folder has already stays in it, as git does with what it tracks.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathspec

RULES_NAME = ".mediashareignore"
# What the client keeps for itself, in the root.
OWN_FOLDER = ".mediashare"


@dataclass(frozen=True)
class Rules:
    """The rules that count in one folder; `above` are those of the folder that it is in."""

    folder: str = ""
    spec: "pathspec.GitIgnoreSpec | None" = None
    above: "Rules | None" = None

    def inside(self, folder: str, text: str) -> "Rules":
        """The rules for a folder with such a file in it. What cannot be understood is left out."""
        # Loaded only where somebody has rules: it takes longer than a look at a thousand files.
        import pathspec  # noqa: PLC0415

        lines = []
        for line in text.splitlines():
            try:
                pathspec.GitIgnoreSpec.from_lines([line])
            except ValueError:
                continue
            lines.append(line)
        return Rules(folder, pathspec.GitIgnoreSpec.from_lines(lines), self)

    def ignore(self, path: str, *, is_folder: bool) -> bool:
        """Whether what is new at a path, relative to the root, is left out."""
        rules: Rules | None = self
        while rules is not None:
            if rules.spec is not None:
                inner = path[len(rules.folder) + 1 :] if rules.folder else path
                said = rules.spec.check_file(inner + "/" if is_folder else inner).include
                if said is not None:
                    return said
            rules = rules.above
        return False


NO_RULES = Rules()
