"""Static files under names that carry their content's hash, so browsers keep them for ever."""

from collections.abc import Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Written for bundlers: their imports name packages, not files. No page uses them.
NOT_OURS = ("django_htmx/",)


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites `import "./other.js"` inside ES modules to the hashed names."""

    support_js_module_import_aggregation = True

    def post_process(
        self, paths: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Iterator[tuple[str, str, bool]]:
        ours = {name: place for name, place in paths.items() if not name.startswith(NOT_OURS)}
        yield from super().post_process(ours, *args, **kwargs)
